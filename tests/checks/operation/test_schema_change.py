"""schema-change: the columns themselves are no longer those of the reference."""

import numpy as np
import pandas as pd
import pytest

import rung
from cases import case_of, findings_of, planted
from cases import healthy as tables
from cases.build import case_from, run_rule
from cases.production import against_snapshot, halves, population

RULE = "schema-change"


def broken():
    """The case on which the rule must fire."""
    train, current = halves()
    return case_of(train, current=current.rename(columns={"mean texture": "texture"}), target="target")


def healthy():
    """The case on which it must stay silent."""
    train, current = halves()
    return case_of(train, current=current.drop(columns="target"), target="target")


def loud(case):
    """Findings that are more than a note."""
    return [each for each in findings_of(RULE, case) if each.severity != "note"]


def named(case):
    """(detail, first name) of each loud finding."""
    return {(each.subject.detail.partition(",")[0], each.subject.names[0]) for each in loud(case)}


@pytest.mark.parametrize(
    "make", [lambda a, b: case_of(a, current=b, target="target"), lambda a, b: against_snapshot(a, b, target="target")]
)
class TestWithRowsAndFromASnapshot:
    """The same answers whether the reference's rows are there or not."""

    def test_names_the_old_and_the_new_name(self, make):
        train, current = halves()
        found = loud(make(train, current.rename(columns={"mean radius": "feature_07"})))

        assert [each.subject.names for each in found] == [("mean radius", "feature_07")]
        assert "rename" in found[0].remedy.patch

    def test_tells_a_lost_column_from_a_new_one(self, make):
        train, current = halves()
        rng = np.random.default_rng(0)
        found = make(train, current.drop(columns="mean radius").assign(other=rng.poisson(3, len(current))))

        assert named(found) == {("dropped", "mean radius")}

    def test_names_the_unit(self, make):
        train, current = halves()
        found = loud(make(train, current.assign(**{"mean radius": current["mean radius"] * 10})))

        assert [each.subject.names for each in found] == [("mean radius",)]
        assert "ten times" in found[0].message

    def test_names_text_in_a_column_of_numbers(self, make):
        train, current = halves()
        text = current["mean texture"].map("{:.2f}".format).where(np.arange(len(current)) % 9 > 0, "n/a")
        found = loud(make(train, current.assign(**{"mean texture": text})))

        assert [each.subject.names for each in found] == [("mean texture",)]
        assert "'n/a'" in found[0].message

    def test_names_a_new_category(self, make):
        train, current = (population(900, seed).drop(columns="day").rename(columns={"late": "target"}) for seed in (1, 2))
        moved = current.assign(group=current.group.where(np.arange(900) % 10 > 0, "east"))

        assert named(make(train, moved)) == {("new category", "group")}

    def test_stays_silent_on_equal_tables(self, make):
        for seed in range(3):
            train, current = halves(seed)
            assert findings_of(RULE, make(train, current)) == []


def test_an_empty_column_is_named():
    """No value in any row."""
    train, current = halves()

    assert named(case_of(train, current=current.assign(**{"mean texture": np.nan}), target="target")) == {("emptied", "mean texture")}


def test_swapped_order_warns_only_where_columns_go_by_position():
    """A model that knows the names does not mind."""
    train, current = halves()
    names = list(train.columns[:-1])
    turned = current[names[::-1]]
    from sklearn.linear_model import LogisticRegression

    by_name = LogisticRegression(max_iter=3000).fit(train[names], train.target)
    by_place = LogisticRegression(max_iter=3000).fit(train[names].to_numpy(), train.target)
    severities = [
        [each.severity for each in findings_of(RULE, case_of(train, current=turned, model=model, target="target"))]
        for model in (by_name, by_place, None)
    ]

    assert severities == [["note"], ["warning"], ["warning"]]


def test_whole_numbers_stored_as_floats_are_no_change():
    """Storage is not meaning; a target that has not come yet is none either."""
    train = pd.DataFrame({"a": np.arange(200) % 7, "b": np.linspace(0, 1, 200), "flag": np.arange(200) % 2 == 0, "y": np.arange(200) % 2})
    current = train.drop(columns="y").assign(a=train.a.astype(float), flag=train.flag.astype(int))

    assert findings_of(RULE, case_of(train, current=current, target="y")) == []


def test_rare_categories_and_open_lists_are_no_change():
    """Players and products come new by nature."""
    rng = np.random.default_rng(3)
    frames = [
        pd.DataFrame({"player": [f"p{each}" for each in rng.zipf(1.6, 600)], "x": rng.normal(size=600), "y": rng.integers(0, 2, 600)})
        for _ in range(2)
    ]

    assert loud(case_of(frames[0], current=frames[1], target="y")) == []


def test_a_small_honest_shift_is_no_unit():
    """Growth by a tenth is not miles for kilometres."""
    train, current = halves()

    assert loud(case_of(train, current=current.assign(**{"mean radius": current["mean radius"] * 1.1}), target="target")) == []


def test_finds_the_planted_fault():
    """At every severity and place that the fault chooses."""
    for seed in range(3):
        for severity in ("mild", "medium", "severe"):
            made = planted(RULE, tables("breast_cancer"), severity=severity, seed=seed)
            assert made.names[0] in {name for each in loud(case_from(made.case)) for name in each.subject.names}, made.truth


def orders(n, seed):
    """Rows with codes that look like numbers, and amounts that people round to thousands."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "postcode": [f"{each:05d}" for each in rng.integers(1000, 99_999, n)], "depot": rng.choice(["01", "02", "10"], n),
        "amount": 1000 * rng.integers(1, 40, n), "target": rng.integers(0, 2, n),
    })  # fmt: skip


def test_codes_that_look_like_numbers_are_read_from_a_file_as_the_reference_has_them(tmp_path):
    """A CSV file knows no types: '01' is no 1, and no change of type."""
    reference, later = orders(1500, 1), orders(500, 2)
    later.to_csv(tmp_path / "later.csv", index=False)
    kept = rung.snapshot(reference, target="target")

    for report in (rung.compare(reference, tmp_path / "later.csv", target="target"), rung.compare(kept, tmp_path / "later.csv")):
        assert not [each for each in report.findings if each.severity != "note"]


def test_texts_beside_a_reference_without_types_are_a_note_and_compared_as_numbers(tmp_path):
    """The frame holds texts where the file was read as numbers; a move of the values is still seen."""
    orders(1500, 1).to_csv(tmp_path / "reference.csv", index=False)
    later = orders(500, 2).astype({"amount": str})
    moved = later.assign(amount=[str(int(each) + 15_000) for each in later.amount])
    same, other = (rung.compare(tmp_path / "reference.csv", each, target="target") for each in (later, moved))

    assert {each.severity for each in same.find("schema-change")} == {"note"}
    assert [each.subject.names for each in other.findings if each.severity != "note"] == [("amount",)]


def test_texts_where_the_reference_has_numbers_in_a_frame_are_an_error():
    """Both sides keep types: the model would be given texts."""
    reference, later = orders(1500, 1), orders(500, 2).astype({"amount": str})

    assert named(case_of(reference, current=later, target="target")) == {("retyped", "amount")}


def test_a_unit_is_seen_though_round_values_are_common():
    """A hundredfold of amounts in thousands also looks like another fill value, which does not bring the column back."""
    reference, later = orders(1500, 1), orders(500, 2)
    lumped = [each.assign(amount=each.amount.where(np.arange(len(each)) % 4 > 0, 10_000)) for each in (reference, later)]
    cents = lumped[1].assign(amount=lumped[1].amount * 100)

    assert named(case_of(lumped[0], current=cents, target="target")) == {("unit", "amount")}


def test_many_columns_of_few_rows_are_no_units():
    """Of 1,500 honest columns of 40 rows some lie as far apart as pounds and kilograms."""
    both = [np.exp(np.random.default_rng(seed).normal(0, 0.7, (40, 1500))) for seed in (1, 2)]
    reference, later = (pd.DataFrame(each).add_prefix("v").assign(target=np.arange(40) % 2) for each in both)

    assert not loud(case_of(reference, current=later, target="target"))


def test_dates_that_became_numbers_are_a_change_of_type_and_break_nothing():
    """Nanoseconds since 1970 are no dates far ahead."""
    reference, later = (population(900, seed) for seed in (1, 2))
    report = rung.compare(reference, later.assign(day=later.day.astype("int64")), target="late", time="day")

    assert [each.subject.names for each in report.findings if each.severity != "note"] == [("day",)]
    assert not [each for each in report.runs if each.outcome == "failed"]


def test_texts_of_new_entities_come_together():
    """Each firm has words of its own, in all its rows: new firms bring new words, however many rows they have."""
    rng = np.random.default_rng(3)
    firm = np.repeat(np.arange(120), 12)
    words = np.where(rng.random(120) < 0.85, "usual", [f"word {each}" for each in range(120)])
    frame = pd.DataFrame({"firm": firm, "word": words[firm], "x": rng.normal(size=firm.size), "target": rng.integers(0, 2, firm.size)})
    old, new = frame[frame.firm < 80], frame[frame.firm >= 80].reset_index(drop=True)
    kept = rung.snapshot(old, target="target", groups="firm")

    for report in (rung.compare(old, new, target="target", groups="firm"), rung.compare(kept, new)):
        assert not [each for each in report.find("schema-change") if each.severity != "note"]


def test_true_and_false_as_nought_and_one_are_no_change():
    """Neither of type nor of values; texts in their place are one."""
    rng = np.random.default_rng(0)
    reference, later = (
        pd.DataFrame({"flag": rng.random(n) < 0.3, "x": rng.normal(size=n), "target": rng.integers(0, 2, n)}) for n in (900, 400)
    )
    same = rung.compare(reference, later.astype({"flag": int}), target="target")
    texts = later.assign(flag=later.flag.map({True: "yes", False: "no"}))

    assert not [each for each in same.findings if each.severity != "note"]
    assert named(case_of(reference, current=texts, target="target")) == {("retyped", "flag")}


def test_nothing_is_told_of_how_a_column_that_cannot_be_read_goes_with_others():
    """The sums have a sign of money before them: that is the fault, not that they no longer rise with the count."""

    def rows(seed):
        rng = np.random.default_rng(seed)
        count = rng.poisson(20, 1500)
        return pd.DataFrame({"count": count, "sum": (count * 10 + rng.normal(0, 5, 1500)).round(2), "target": rng.integers(0, 2, 1500)})

    kept, later = rung.snapshot(rows(1), target="target"), rows(2)
    report = rung.compare(kept, later.assign(sum=[f"€ {each}" for each in later["sum"]]))

    assert {(each.code, each.subject.names) for each in report.findings if each.severity != "note"} == {("O101", ("sum",))}


def test_drawn_rows_of_a_snapshot_are_as_round_as_those_they_stand_for():
    """Kilometres in hundreds are no finer in the reference because only a sketch of it is left."""
    rng = np.random.default_rng(0)
    reference, later = (pd.DataFrame({"km": rng.lognormal(9.3, 0.6, n).round(-2), "target": rng.integers(0, 2, n)}) for n in (4000, 800))
    report = rung.compare(rung.snapshot(reference, target="target"), later)

    assert not [each for each in report.findings if each.severity != "note"]


def test_a_test_set_alone_is_no_production():
    """Without production rows the rule cannot say that they are as before."""
    train, later = halves()
    run, _ = run_rule("O101", case_of(train.assign(kind="a"), test=later.assign(kind="a"), target="target"))

    assert (run.outcome, run.reason) == ("skipped", "needs a production frame (--current)")
