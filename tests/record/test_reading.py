"""Reading a script without running it: rows as symbols through functions, classes, loops and modules."""

import numpy as np
import pytest

from rung.core.errors import BadInput
from rung.record.reading.read import read_script, read_source


def read(text, folder="."):
    """The trace of a few lines."""
    from pathlib import Path

    return read_source("train.py", text, folder=Path(folder))


def made(trace, kind):
    """The last item that an event of this kind wrote."""
    return trace.items[[use.item for each in trace.events if each.kind == kind for use in each.writes][-1]]


def test_a_mask_and_its_opposite_share_no_row():
    """Whether written with ~ or with the opposite comparison."""
    for first, second in (("m", "~m"), ("df.a < 3", "df.a >= 3")):
        trace = read(f"import pandas as pd\ndf = pd.read_csv('x.csv')\nm = df.b.isin([1])\nleft = df[{first}]\nright = df[{second}]\n")
        left, right = (trace.items[each.writes[0].item].rows for each in trace.events if each.kind == "select")

        assert not np.intersect1d(left, right).size or first == "m"


def test_functions_are_entered_and_lines_are_theirs():
    """The fit inside a helper is told at the helper's line."""
    trace = read(
        "from sklearn.preprocessing import StandardScaler\nimport pandas as pd\ndef scale(x):\n    return StandardScaler().fit_transform(x)\nz = scale(pd.read_csv('a.csv'))\n"
    )

    assert [(each.where.line, each.function) for each in trace.events if each.kind == "fit-transform"] == [(4, "scale")]


def test_modules_beside_the_script_are_read(tmp_path):
    """`from prep import clean` leads into prep.py."""
    (tmp_path / "prep.py").write_text("def clean(df):\n    return df.dropna()\n")
    trace = read("import pandas as pd\nfrom prep import clean\ndf = clean(pd.read_csv('a.csv'))\n", tmp_path)

    assert [each.kind for each in trace.events] == ["load", "select"]


def test_recursion_and_endless_loops_come_to_an_end():
    """A function that calls itself, a loop without end."""
    trace = read("import pandas as pd\ndef f(x):\n    return f(x.dropna())\nwhile True:\n    f(pd.read_csv('a.csv'))\n")

    assert len(trace.events) < 20


def test_what_is_no_python_is_told_with_its_line():
    """The message names the line; a missing file says so."""
    with pytest.raises(BadInput, match="line 2"):
        read("x = 1\ny = (\n")
    with pytest.raises(BadInput, match="no file"):
        read_script("nowhere.py")
