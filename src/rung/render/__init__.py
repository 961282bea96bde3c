"""Everything that draws. One file a format, each with one public function `render(report, ...) -> str`.

terminal, markdown, html, json, sarif and junit are formats; words, outline, canvas and charts are what they share.
"""
