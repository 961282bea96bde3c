"""A report as a run on New York flights would give it, written by hand: every part that a renderer can meet occurs at least once."""

from __future__ import annotations

import math

from render import sample_worth
from rung.core.diagnosis import Blind, Cause, Diagnosis, Term
from rung.core.evidence import Bars, Code, Evidence, Grid, Histograms, Line, Lines, Measure, Picture, Points, Ranking, RowSample
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject, Verdict, Where, key_of
from rung.core.report import CaseSummary, CheckRun, ColumnSummary, Contender, LadderStep, Report
from rung.core.rung import Rung

DROP = """features = [
    name for name in flights.columns
    if name not in {"late", "dep_delay"}  # known only after take-off
]
model.fit(flights[features], flights["late"])"""

GUARD = """def test_no_feature_is_known_only_after_departure():
    report = rung.diagnose("flights.csv", target="late")
    assert report.free_of("target-leakage")"""


def about(value: float, half: float = 0.01, n: int = 20_000) -> Estimate:
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def histograms() -> Histograms:
    edges = tuple(float(each) for each in range(-30, 125, 5))
    spread = lambda middle, width: [math.exp(-(((left + 2.5 - middle) / width) ** 2)) for left in edges[:-1]]
    late = [max(0.002, each) for each in spread(48, 30)]
    punctual = spread(-4, 9)
    return Histograms(
        title="dep_delay where 'late' is 1 and where it is 0",
        x_label="dep_delay, minutes",
        edges=edges,
        groups=("late = 1", "late = 0"),
        shares=(tuple(each / sum(late) for each in late), tuple(each / sum(punctual) for each in punctual)),
        reading="Two hills that hardly overlap: this column alone tells the classes apart.",
    )


def scatter() -> Points:
    x = tuple(10 * math.sin(7.1 * place) + place / 4 for place in range(240))
    y = tuple(each + 14 * math.cos(3.3 * place) for place, each in enumerate(x))
    group = tuple("late = 1" if each > 32 else "late = 0" for each in y)
    return Points(
        title="Delay on departure and on arrival",
        x_label="dep_delay, minutes",
        y_label="arr_delay, minutes",
        x=x,
        y=y,
        group=group,
        reading="Both delays move together; arrival is the target.",
    )


def leak_evidence() -> tuple[Evidence, ...]:
    return (
        histograms(),
        Bars(
            title="How well each column alone ranks late flights",
            labels=("dep_delay", "hour", "distance", "carrier", "origin", "month"),
            values=(0.941, 0.611, 0.548, 0.571, 0.532, 0.545),
            lows=(0.936, 0.602, 0.538, 0.561, 0.523, 0.536),
            highs=(0.946, 0.620, 0.558, 0.581, 0.541, 0.554),
            marked=("dep_delay",),
            unit="ROC AUC",
            reading="One column far above the rest, and above what the domain makes plausible, is the mark of a leak.",
        ),
        Measure(
            title="ROC AUC of dep_delay alone", value=0.941, limit=0.75, low=0.936, high=0.946, reading="Limit: honest single columns."
        ),
        scatter(),
        RowSample(
            title="Rows where dep_delay decides",
            columns=("carrier", "dep_delay", "distance", "late"),
            positions=(17, 205, 4_411),
            values=(("UA", 92.0, 1400, 1), ("B6", -6.0, 944, 0), ("nan", None, math.inf, True)),
            marked=("dep_delay",),
            reading="dep_delay and late move together.",
        ),
    )


def leak() -> Finding:
    subject = Subject(kind="column", names=("dep_delay",))
    return Finding(
        subject=subject,
        message="Column 'dep_delay' alone ranks late flights at ROC AUC 0.941, and it is known only after the prediction is due.",
        evidence=leak_evidence(),
        remedy=Remedy(
            cause="A delay on departure is measured after the moment at which lateness is to be predicted.",
            fix="Drop 'dep_delay', or replace it by the delay of the aircraft's previous flight.",
            patch=DROP,
            verify="Fit again on the same folds: the score falls to about 0.71 and stays there on later months.",
            prevent=GUARD,
            safety="ask",
            experiment="drop-feature",
        ),
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        verdict=Verdict.CONFIRMED,
        verdict_reason="Without the column the score falls by 0.256; the interval excludes every harmless change.",
        code="D301",
        name="target-leakage",
        rung=Rung.DATA,
        key=key_of("D301", subject),
        explains=("overfitting", "performance-decay", "miscalibration"),
    )


def finding(code: str, name: str, rung: Rung, severity: Severity, message: str, subject: Subject, *evidence: Evidence, **more) -> Finding:
    remedy = more.pop("remedy", Remedy(fix="Leave the column out; nothing is lost.", cause="A constant column carries no information."))
    return Finding(
        subject=subject,
        message=message,
        evidence=evidence,
        remedy=remedy,
        severity=severity,
        code=code,
        name=name,
        rung=rung,
        key=key_of(code, subject),
        **more,
    )


def constant() -> Finding:
    return finding(
        "D121",
        "constant-feature",
        Rung.DATA,
        Severity.NOTE,
        "Column 'year' has the one value 2013 in all 20,000 rows.",
        Subject(kind="column", names=("year",)),
        Measure(title="Distinct values", value=1.0, limit=2.0),
    )


def miscalibrated() -> Finding:
    grid = tuple(round(0.05 + 0.1 * place, 2) for place in range(10))
    observed = tuple(min(1.0, 0.5 + (each - 0.5) * 0.72) for each in grid)
    lines = Lines(
        title="Predicted and observed share of late flights",
        x_label="predicted",
        y_label="observed",
        lines=(
            Line(
                name="model", x=grid, y=observed, low=tuple(each - 0.04 for each in observed), high=tuple(each + 0.04 for each in observed)
            ),
            Line(name="perfect", x=(0.0, 1.0), y=(0.0, 1.0)),
        ),
        events=((0.5, "threshold"),),
        reading="Flatter than the diagonal: the model is too sure in both directions.",
    )
    grid_shape = Grid(
        title="Rows by predicted and true class",
        rows=("true 0", "true 1"),
        columns=("predicted 0", "predicted 1"),
        values=((14_210.0, 890.0), (1_480.0, 3_420.0)),
        unit="rows",
        reading="Off the diagonal stand the errors.",
    )
    return finding(
        "E401",
        "miscalibration",
        Rung.EVALUATION,
        Severity.WARNING,
        "Probabilities are too extreme: calibration slope 0.72, where 1 is right.",
        Subject(kind="model", names=("HistGradientBoostingClassifier",)),
        lines,
        grid_shape,
        remedy=Remedy(fix="Calibrate on rows that the model has not seen.", patch="CalibratedClassifierCV(model, method='sigmoid', cv=5)"),
        confidence=Confidence.LIKELY,
    )


def sentinel() -> Finding:
    return finding(
        "D203",
        "sentinel-values",
        Rung.DATA,
        Severity.WARNING,
        "Column 'air_time' is -999 in 2.3% of rows; the next smallest value is 21.",
        Subject(kind="column", names=("air_time",), rows=(3, 77, 1_204), detail="460 rows"),
        Ranking(
            title="Most frequent values",
            columns=("value", "rows", "share"),
            rows=((-999, 460, 0.023), (43, 212, 0.0106), ("nan", 3, float("nan"))),
            reading="The first stands apart from all others.",
        ),
        remedy=Remedy(
            fix="Read -999 as missing.", patch='flights["air_time"] = flights["air_time"].replace(-999, None)', experiment="recode-sentinel"
        ),
        verdict=Verdict.INCONCLUSIVE,
        verdict_reason="The interval holds both nothing and a small gain.",
    )


def unseeded() -> Finding:
    return finding(
        "P301",
        "unseeded-randomness",
        Rung.PIPELINE,
        Severity.WARNING,
        "Two runs of train.py differ: the split on line 12 has no random_state.",
        Subject(kind="line", where=Where(file="train.py", line=12), names=("train_test_split",)),
        Code(
            title="train.py",
            file="train.py",
            first_line=10,
            lines=("X = flights[features]", "y = flights['late']", "parts = train_test_split(X, y)", "model.fit(parts[0], parts[2])"),
            marked=(12,),
        ),
        Picture(title="Where the two runs differ", values=((0.0, 0.2, 0.9), (0.1, 1.0, 0.4))),
        remedy=Remedy(fix="Give random_state.", patch="train_test_split(X, y, random_state=0)", safety="safe"),
    )


def cleared() -> Finding:
    return finding(
        "D401",
        "noise-features",
        Rung.DATA,
        Severity.WARNING,
        "Columns 'flight' and 'minute' seem to add nothing.",
        Subject(kind="columns", names=("flight", "minute")),
        verdict=Verdict.REFUTED,
        verdict_reason="Without them the score falls by more than any harmless removal.",
    )


def outcomes() -> tuple[Outcome, ...]:
    return (
        Outcome(
            experiment="drop-feature",
            changed="without 'dep_delay'",
            metric="roc_auc",
            before=about(0.968, 0.003),
            after=about(0.712, 0.008),
            difference=about(-0.256, 0.009),
            placebo=about(-0.001, 0.002),
            expected="falls",
            verdict=Verdict.CONFIRMED,
            why="Without the column the score falls by 0.256; the interval excludes every harmless change.",
            seconds=3.2,
            key="D301:dep_delay",
        ),
        Outcome(
            experiment="recode-sentinel",
            changed="-999 in 'air_time' read as missing",
            metric="roc_auc",
            before=about(0.968, 0.003),
            after=about(0.969, 0.003),
            difference=about(0.001, 0.002),
            expected="rises",
            verdict=Verdict.INCONCLUSIVE,
            why="The interval holds both nothing and a small gain.",
            seconds=2.1,
            key="D203:air_time",
        ),
        Outcome(
            experiment="drop-feature",
            changed="without 'flight', 'minute'",
            metric="roc_auc",
            before=about(0.968, 0.003),
            after=about(0.951, 0.003),
            difference=about(-0.017, 0.003),
            expected="holds",
            verdict=Verdict.REFUTED,
            why="Without them the score falls by more than any harmless removal.",
            key="D401:flight,minute",
        ),
    )


def contenders() -> tuple[Contender, ...]:
    return (
        Contender(name="prior (no features)", score=Estimate(value=0.5, low=0.5, high=0.5, n=20_000), state="start"),
        Contender(name="best single feature ('dep_delay')", score=about(0.941, 0.005), step=about(0.441, 0.005), state="climbed"),
        Contender(name="linear", score=about(0.952, 0.004), step=about(0.011, 0.003), state="climbed", why="+0.011 (+0.008 to +0.014)"),
        Contender(name="non-linear", score=about(0.968, 0.003), step=about(0.016, 0.003), state="climbed"),
        Contender(name="HistGradientBoostingClassifier", score=about(0.967, 0.003), step=about(-0.001, 0.002), state="no difference seen"),
    )


def schema() -> tuple[ColumnSummary, ...]:
    column = lambda name, kind, role="feature", missing=0.0, distinct=10, why="": ColumnSummary(
        name=name, kind=kind, role=role, missing_share=missing, n_distinct=distinct, why=why
    )
    return (
        column("late", "binary", "target", 0.0, 2, "named by the user"),
        column("time_hour", "datetime", "time", 0.0, 6_932, "the only column of dates, and rows are in its order"),
        column("dep_delay", "number", "feature", 0.0245, 527),
        column("air_time", "number", "feature", 0.028, 509),
        column("carrier", "category", "feature", 0.0, 16),
        column("tailnum", "text", "group", 0.0075, 4_044, "repeats, and looks like a key"),
        column("year", "number", "ignored", 0.0, 1, "constant"),
    )


def runs() -> tuple[CheckRun, ...]:
    run = lambda code, name, rung, outcome, **more: CheckRun(code=code, name=name, rung=rung, outcome=outcome, **more)
    return (
        run(
            "D121",
            "constant-feature",
            Rung.DATA,
            "found",
            findings=("D121:year",),
            seconds=0.004,
            summary="A constant column adds nothing.",
        ),
        run("D203", "sentinel-values", Rung.DATA, "found", findings=("D203:air_time",), seconds=0.06),
        run("D301", "target-leakage", Rung.DATA, "found", findings=("D301:dep_delay",), seconds=1.2, summary="A feature knows the answer."),
        run("D401", "noise-features", Rung.DATA, "found", findings=("D401:flight,minute",), seconds=0.9),
        run("D501", "split-overlap", Rung.DATA, "skipped", reason="needs a test set"),
        run("P301", "unseeded-randomness", Rung.PIPELINE, "found", findings=("P301:train_test_split",), seconds=0.01),
        run("M101", "not-better-than-baseline", Rung.MODEL, "clear", seconds=0.4),
        run("T101", "nan-loss", Rung.TRAINING, "skipped", reason="needs a recorded training run"),
        run("E101", "unstable-scores", Rung.EVALUATION, "failed", reason="ZeroDivisionError: division by zero", traceback="Traceback: ..."),
        run("E401", "miscalibration", Rung.EVALUATION, "found", findings=("E401:HistGradientBoostingClassifier",), seconds=0.2),
        run("O101", "feature-drift", Rung.OPERATION, "muted", reason="ignored"),
    )


def ladder() -> tuple[LadderStep, ...]:
    return (
        LadderStep(rung=Rung.INSTRUMENT, state="passed", why="1 of 1 rules checked, nothing of weight found"),
        LadderStep(rung=Rung.DATA, state="findings", why="target-leakage, sentinel-values"),
        LadderStep(rung=Rung.PIPELINE, state="findings", why="unseeded-randomness"),
        LadderStep(rung=Rung.MODEL, state="passed", why="1 of 1 rules checked, nothing of weight found"),
        LadderStep(rung=Rung.TRAINING, state="not-checked", why="needs a recorded training run"),
        LadderStep(rung=Rung.EVALUATION, state="failed", why="crashed: unstable-scores"),
        LadderStep(rung=Rung.OPERATION, state="not-checked", why="needs a production frame"),
    )


def diagnosis() -> Diagnosis:
    def cause(found: Finding, score: float, *terms: Term, explains: tuple[str, ...] = (), against: tuple[str, ...] = ()) -> Cause:
        return Cause(
            name=found.name,
            rung=found.rung or Rung.DATA,
            key=found.key,
            score=score,
            terms=terms,
            explains=explains,
            against=against,
            why=found.message,
        )

    return Diagnosis(
        causes=(
            cause(
                leak(),
                13.3,
                Term(reason="severity critical, near-certain", value=7.8),
                Term(reason="experiment: confirmed", value=3.0),
                Term(reason="share of the score that hangs on it", value=2.0),
                Term(reason="explains 1 other findings", value=0.5),
                explains=(miscalibrated().key,),
            ),
            cause(unseeded(), 1.95),
            cause(miscalibrated(), 1.75),
            cause(sentinel(), 1.5),
            cause(cleared(), -2.0, against=("Without them the score falls.",)),
            cause(constant(), 0.3),
        ),
        unexplained=(unseeded().key, sentinel().key),
        blind=(
            Blind(missing="a test set", checks=2, names=("split-overlap", "unseen-categories")),
            Blind(missing="a production frame (--current)", checks=1, names=("feature-drift",)),
            Blind(missing="a recorded training run", checks=1, names=("nan-loss",)),
        ),
    )


def report(**changes) -> Report:
    """The sample, with fields replaced by `changes`."""
    case = CaseSummary(
        task="binary",
        target="late",
        metric="roc_auc",
        positive="1",
        rows={"train": 327_346},
        columns=19,
        sampled="100000 of 327346 rows",
        time="time_hour",
        group="tailnum",
        model="HistGradientBoostingClassifier",
        inferred=("'late' is binary: two values, 0 and 1", "time column 'time_hour': the only dates"),
        schema=schema(),
        contenders=contenders(),
        overview=(scatter(),),
    )
    given = {
        "version": "0.1.0",
        "started": "2026-11-23T10:04:00+00:00",
        "seconds": 12.34,
        "seed": 0,
        "case": case,
        "ladder": ladder(),
        "findings": (leak(), unseeded(), miscalibrated(), sentinel(), cleared(), constant()),
        "runs": runs(),
        "diagnosis": diagnosis(),
        "outcomes": outcomes(),
        "settings": {"seed": "0", "budget": "60.0", "sample_rows": "100000"},
        "environment": {"python": "3.12.1", "numpy": "2.4.6", "scikit-learn": "1.9.1"},
        "command": ("rung", "diagnose", "data/flights 2013.csv", "--target", "late"),
        "honest": sample_worth.honest(),
        "headroom": sample_worth.headroom(),
    }
    return Report(**{**given, **changes})


def healthy() -> Report:
    """A run that found nothing of weight."""
    steps = tuple(LadderStep(rung=each.rung, state="passed" if each.state == "findings" else each.state, why="") for each in ladder())
    quiet = tuple(each for each in runs() if each.outcome in ("clear", "skipped"))
    return report(findings=(constant(),), ladder=steps, runs=quiet, outcomes=(), diagnosis=Diagnosis(causes=(), blind=diagnosis().blind))


def hostile(text: str) -> Report:
    """The sample with `text` wherever a user's table, file or name can reach a renderer."""
    subject = Subject(kind="column", names=(text,), detail=text)
    bad = finding(
        "D301",
        "target-leakage",
        Rung.DATA,
        Severity.CRITICAL,
        f"Column '{text}' knows the answer.",
        subject,
        Bars(title=text, labels=(text, "b"), values=(1.0, 2.0), marked=(text,), unit=text, reading=text),
        Histograms(title=text, x_label=text, edges=(0.0, 1.0, 2.0), groups=(text,), shares=((0.5, 0.5),), reading=text),
        Points(title=text, x_label=text, y_label=text, x=(1.0, 2.0), y=(1.0, 2.0), group=(text, text)),
        Grid(title=text, rows=(text,), columns=(text, "b"), values=((1.0, 2.0),)),
        RowSample(title=text, columns=(text,), positions=(0,), values=((text,),), marked=(text,)),
        Ranking(title=text, columns=(text,), rows=((text,),)),
        Code(title=text, file=text, first_line=1, lines=(text,), marked=(1,)),
        Lines(title=text, x_label=text, y_label=text, lines=(Line(name=text, x=(0.0, 1.0), y=(0.0, 1.0)),), events=((0.5, text),)),
        remedy=Remedy(cause=text, fix=text, patch=text, verify=text, prevent=text),
        verdict_reason=text,
    )
    base = report()
    case = CaseSummary(
        rows={"train": 3},
        target=text,
        time=text,
        group=text,
        model=text,
        sampled=text,
        inferred=(text,),
        schema=(ColumnSummary(name=text, kind="text", role="feature", why=text),),
        contenders=(Contender(name=text, score=about(0.5), state=text, why=text),),
    )
    failed = CheckRun(code="D999", name="broken", rung=Rung.DATA, outcome="failed", reason=text, traceback=text, summary=text)
    return report(
        case=case,
        findings=(bad,),
        runs=(*base.runs, failed),
        diagnosis=Diagnosis(
            causes=(Cause(name="target-leakage", rung=Rung.DATA, key=bad.key, score=1.0, terms=(Term(reason=text, value=1.0),), why=text),),
            blind=(Blind(missing=text, checks=1, names=(text,)),),
        ),
        outcomes=(
            Outcome(
                experiment="drop-feature",
                changed=text,
                metric=text,
                before=about(0.9),
                after=about(0.8),
                difference=about(-0.1),
                expected="falls",
                verdict=Verdict.CONFIRMED,
                why=text,
                key=bad.key,
            ),
        ),
        settings={text: text},
        environment={text: text},
        command=("rung", text),
        interrupted=text,
        honest=sample_worth.honest(text),
        headroom=sample_worth.headroom(text),
    )


def crowded(count: int = 300) -> Report:
    """Very many findings, each with the largest evidence that its shape allows."""
    x = tuple(place * 1.23456789 for place in range(2_000))
    big = lambda place: (
        Points(title=f"points {place}", x_label="x", y_label="y", x=x, y=x, group=tuple(f"group {each % 3}" for each in range(2_000))),
        Grid(
            title="grid",
            rows=tuple(f"r{each}" for each in range(100)),
            columns=tuple(f"c{each}" for each in range(100)),
            values=(x[:100],) * 100,
        ),
        RowSample(title="rows", columns=tuple(f"c{each}" for each in range(40)), positions=tuple(range(50)), values=((1.5,) * 40,) * 50),
    )
    found = tuple(
        finding(
            f"D{100 + place}",
            f"fault-{place}",
            Rung.DATA,
            Severity.WARNING,
            f"Column 'column {place}' is wrong in {place} of 1,000 rows, which costs the score 0.0{place}.",
            Subject(kind="column", names=(f"column {place}",)),
            *big(place),
            remedy=Remedy(cause="because " * 40, fix="mend it " * 40, patch="code()\n" * 60, verify="see " * 30, prevent="guard()\n" * 40),
        )
        for place in range(count)
    )
    columns = tuple(ColumnSummary(name=f"column {place} " + "x" * 200, kind="number", role="feature") for place in range(5_000))
    case = CaseSummary(rows={"train": 10_000_000}, columns=5_000, schema=columns)
    causes = tuple(Cause(name=each.name, rung=Rung.DATA, key=each.key, score=1.0, terms=(), why=each.message) for each in found)
    return report(findings=found, case=case, diagnosis=Diagnosis(causes=causes), outcomes=())
