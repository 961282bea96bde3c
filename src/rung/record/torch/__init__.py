"""Watches a PyTorch training loop and writes a `History`.

`taps` attach to torch's own functions, `recorder` receives what they report, the other modules keep the books; `build` makes the
history of them. Nothing is stored on the user's modules or optimizers, no random number is drawn, no graph is kept.
"""
