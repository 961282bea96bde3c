"""Every shape of evidence becomes a chart or says that text is better; the specification holds numbers and no colours."""

from __future__ import annotations

import json
import math

import pytest

from render import sample
from rung.core.evidence import Bars, Code, Grid, Histograms, Line, Lines, Measure, Picture, Points, Ranking, RowSample
from rung.render.charts import chart, weight

NAN = math.nan
DRAWN = (
    Bars(title="t", labels=("a", "b"), values=(1.0, NAN), lows=(0.5, NAN), highs=(1.5, NAN), marked=("a",)),
    Lines(title="t", x_label="x", y_label="y", lines=(Line(name="a", x=(1.0, 2.0), y=(NAN, 3.0), low=(0.0, 1.0), high=(1.0, math.inf)),)),
    Histograms(title="t", x_label="x", edges=(-math.inf, 0.0, 1.0, math.inf), groups=("a",), shares=((0.2, 0.3, 0.5),)),
    Points(title="t", x_label="x", y_label="y", x=(1.0, NAN), y=(2.0, 2.0), group=("a", "b")),
    Grid(title="t", rows=("a", "b"), columns=("c", "c"), values=((1.0, NAN), (2.0, -3.0))),
    Picture(title="t", values=((0.0, 1.0), (0.5, 0.2))),
)
TOLD = (
    Measure(title="t", value=1.0),
    RowSample(title="t", columns=("a",), positions=(0,), values=((1,),)),
    Ranking(title="t", columns=("a",), rows=((1,),)),
    Code(title="t", file="f", first_line=1, lines=("x = 1",)),
)
EMPTY = (
    Bars(title="t", labels=(), values=()),
    Lines(title="t", x_label="x", y_label="y", lines=()),
    Histograms(title="t", x_label="x", edges=(), groups=(), shares=()),
    Points(title="t", x_label="x", y_label="y", x=(NAN,), y=(1.0,)),
    Grid(title="t", rows=(), columns=(), values=()),
    Picture(title="t"),
)
name = lambda each: each.shape


def marks(spec) -> list[dict]:
    layers = [spec, *spec.get("layer", [])]
    return [layer["mark"] for layer in layers if "mark" in layer]


@pytest.mark.parametrize("evidence", DRAWN, ids=name)
def test_drawn_shapes_give_a_plain_specification(evidence):
    """Valid JSON without NaN, described for those who cannot see it, with no colour of its own."""
    spec = chart(evidence)
    text = json.dumps(spec, allow_nan=False)

    assert spec["description"].startswith("t")
    assert spec["$schema"].endswith("vega-lite/v6.json")
    assert "#" not in text


@pytest.mark.parametrize("evidence", TOLD, ids=name)
def test_shapes_that_read_better_as_text_have_no_chart(evidence):
    assert chart(evidence) is None


@pytest.mark.parametrize("evidence", EMPTY, ids=name)
def test_nothing_to_draw_is_no_chart(evidence):
    assert chart(evidence) is None


def test_bars_keep_their_order_and_tell_the_marked_ones_apart():
    spec = chart(sample.leak_evidence()[1])
    layers = {layer["mark"]["style"]: [row["name"] for row in layer.get("data", {}).get("values", [])] for layer in spec["layer"]}

    assert spec["encoding"]["y"]["scale"]["domain"] == ["dep_delay", "hour", "distance", "carrier", "origin", "month"]
    assert layers["loud"] == ["dep_delay"]
    assert "interval" in layers


def test_equal_labels_are_not_drawn_on_top_of_each_other():
    spec = chart(Bars(title="t", labels=("a", "a", ""), values=(1.0, 2.0, 3.0)))

    assert spec["encoding"]["y"]["scale"]["domain"] == ["a", "a (2)", "(empty)"]


def test_open_bins_get_a_width():
    rows = chart(DRAWN[2])["data"]["values"]

    assert [(row["from"], row["to"]) for row in rows] == [(-1.0, 0.0), (0.0, 1.0), (1.0, 2.0)]


def test_a_logarithmic_axis_holds_positive_numbers_only():
    lines = Lines(title="t", x_label="x", y_label="y", lines=(Line(name="a", x=(1.0, 2.0, 3.0), y=(0.0, -1.0, 5.0)),), log_y=True)

    assert [row["y"] for row in chart(lines)["data"]["values"]] == [5.0]


def test_small_grids_show_their_numbers_and_large_ones_do_not():
    small = chart(Grid(title="t", rows=("a",), columns=("b", "c"), values=((1.0, 2.0),)))
    large = chart(Grid(title="t", rows=tuple("r" * 50), columns=tuple("c" * 50), values=((1.0, 2.0) * 25,) * 50))

    assert any(mark["type"] == "text" for mark in marks(small))
    assert {"rect"} == {mark["type"] for mark in marks(large)}


def test_a_grid_of_one_value_has_one_shade():
    shades = {mark["style"] for mark in marks(chart(Picture(title="t", values=((2.0, 2.0),))))}

    assert {"cell-3"} == shades


@pytest.mark.parametrize("evidence", DRAWN, ids=name)
def test_weight_is_an_upper_guess_of_the_data(evidence):
    """The page decides by it whether to make the chart at all."""
    assert weight(evidence) > 0


def test_weight_is_near_the_truth_for_large_evidence():
    x = tuple(place * 1.2345678 for place in range(2_000))
    points = Points(title="t", x_label="x", y_label="y", x=x, y=x, group=("group",) * 2_000)

    assert 0.5 < weight(points) / len(json.dumps(chart(points))) < 2
