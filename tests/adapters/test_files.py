"""Tables from files: every format gives the same table, every broken file one clear error."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp

from rung.adapters.files import read_table
from rung.adapters.frames import as_pandas, native_rows, to_table
from rung.core.errors import BadInput

FRAME = pd.DataFrame({"a": [1.5, np.nan, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]})


def written(folder, name):
    """The frame in a file of this name."""
    path, frame = folder / name, pl.DataFrame({"a": [1.5, None, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]})
    {
        "t.csv": frame.write_csv,
        "t.tsv": lambda where: frame.write_csv(where, separator="\t"),
        "t.parquet": frame.write_parquet,
        "t.arrow": frame.write_ipc,
        "t.jsonl": frame.write_ndjson,
        "t.csv.gz": lambda where: where.write_bytes(gzip.compress(frame.write_csv().encode())),
    }[name](path)
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.parquet", "t.arrow", "t.jsonl", "t.csv.gz"])
def test_every_format_gives_the_same_table(tmp_path, name):
    """Columns, values and missing values."""
    table = read_table(written(tmp_path, name))

    assert table.frame.to_dict(as_series=False) == {"a": [1.5, None, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.csv", None, "no file"),
        ("empty.csv", b"", "empty"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3,4\n", "regular"),
        ("binary.csv", b"\x00\x01\xff\xfe\x00binary" * 20, "binary"),
        ("fake.parquet", b"not parquet at all", "cannot be read"),
        ("photo.jpg", b"x", "rung does not read"),
        ("blank.csv", b"\n\n", "names no columns"),
    ],
)
def test_a_broken_file_gives_one_clear_error(tmp_path, name, content, words):
    """The message says what is wrong; no other exception comes through."""
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(BadInput, match=words):
        read_table(tmp_path / name)


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    """Not an error of reading."""
    (tmp_path / "t.csv").write_text("a,b\n")

    assert ((table := read_table(tmp_path / "t.csv")).n_rows, table.columns) == (0, ("a", "b"))


def test_an_old_encoding_is_read_and_said(tmp_path):
    """Windows-1252 is taken, with a note."""
    (tmp_path / "t.csv").write_bytes("name,n\nMüller,1\n".encode("cp1252"))
    table = read_table(tmp_path / "t.csv")

    assert (table.frame["name"][0], "Windows-1252" in table.notes[0]) == ("Müller", True)


def test_semicolons_are_recognised(tmp_path):
    """The delimiter is read off the header."""
    (tmp_path / "t.csv").write_text("a;b\n1;2\n")

    assert read_table(tmp_path / "t.csv").columns == ("a", "b")


def test_names_that_stand_twice_are_kept_apart(tmp_path):
    """The second one gets a number, and a note."""
    (tmp_path / "t.csv").write_text("a,b,a\n1,2,3\n")
    table = read_table(tmp_path / "t.csv")

    assert (table.columns, len(table.notes)) == (("a", "b", "a.1"), 1)


FRAMES = {
    "pandas": FRAME,
    "polars": pl.from_dict({"a": [1.5, None, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]}),
    "lazy": pl.LazyFrame({"a": [1.5, None, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]}),
    "dict": {"a": [1.5, None, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]},
    "arrow": pl.from_dict({"a": [1.5, None, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]}).to_arrow(),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_gives_the_same_table(name):
    """pandas, polars, pyarrow and plain dictionaries."""
    assert to_table(FRAMES[name]).frame.to_dict(as_series=False) == {"a": [1.5, None, 3.0], "b": ["x", None, "z"], "k": [1, 2, 3]}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.array([1, None, 3], dtype="Int64"), [1, None, 3]),
        (pd.array([True, None, False], dtype="boolean"), [True, None, False]),
        (pd.Categorical(["u", None, "v"], categories=["v", "u"]), ["u", None, "v"]),
        (np.array([1, "two", None], dtype=object), ["1", "two", None]),
        (pd.array([1.5, None, 2.5], dtype="Float32"), [1.5, None, 2.5]),
        (pd.to_timedelta([1, None, 3], unit="s"), [1.0, None, 3.0]),
        (pd.arrays.SparseArray([0.0, 1.0, 0.0]), [0.0, 1.0, 0.0]),
        (pd.Series(["a", None, "b"], dtype="string"), ["a", None, "b"]),
    ],
)
def test_pandas_dtypes(values, expected):
    """Nullable, categorical, mixed, sparse and time spans come through."""
    assert expected == to_table(pd.DataFrame({"c": values})).frame["c"].to_list()


def test_a_model_gets_its_own_frame_back():
    """Rows taken from a table come as the user's frame, dtypes and index included."""
    given = FRAME.assign(c=pd.Categorical(["p", "q", "p"])).set_axis([7, 8, 9])
    part = native_rows(to_table(given).take(np.array([2, 0])), ["c", "a"])

    pd.testing.assert_frame_equal(given.iloc[[2, 0]][["c", "a"]], part)


def test_an_edited_column_keeps_the_dtype_of_the_one_it_replaces():
    """A changed case is handed over as the user's own would be."""
    table = to_table(FRAME.astype({"k": "int32"})).with_column("k", np.array([3, 2, 1]))

    assert ((column := native_rows(table, ["a", "k"])["k"]).dtype, column.to_list()) == ("int32", [3, 2, 1])


def test_a_file_comes_back_as_read_csv_would_give_it(tmp_path):
    """A model fitted on pandas.read_csv gets the same dtypes."""
    path = tmp_path / "t.csv"
    path.write_text("a,b,f,d\n1.5,x,True,2024-01-01\n,,False,2024-01-02\n")
    table = read_table(path)

    pd.testing.assert_frame_equal(pd.read_csv(path), as_pandas(table, table.columns, dates_as_text=True))


def test_arrays_and_sparse_matrices():
    """Columns are numbered; a wide sparse matrix says what is looked at."""
    dense = to_table(np.arange(6.0).reshape(3, 2))
    wide = to_table(sp.random(10, 3_000, density=0.01, random_state=0, format="csr"))

    assert (dense.columns, len(wide.columns), len(wide.notes)) == (("x0", "x1"), 2_000, 1)


def test_what_is_no_table_is_refused_with_the_kinds_that_are():
    """A number is no table."""
    with pytest.raises(BadInput, match="pandas, polars or pyarrow"):
        to_table(3.5)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-8-sig"])
def test_other_encodings_are_read(tmp_path, encoding):
    """With and without a mark; umlauts survive."""
    path = tmp_path / "train.csv"
    path.write_bytes("stadt,y\nKöln,1\nBonn,0\n".encode(encoding))

    table = read_table(path)

    assert table.columns == ("stadt", "y")
    assert table.column("stadt").to_list() == ["Köln", "Bonn"]
