"""D202: labels that are not in the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Evidence, Line, Lines, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.label_order import LabelOrder, LabelOrders, RepairedOrder
from rung.facts.row_agreement import BlockOrder, RowAgreement
from rung.facts.score import Metric
from rung.facts.target import Target
from rung.facts.test_signal import TestSignal

# One column that all but gives the labels at some shift is a lagged copy of them, made on purpose. Chosen by hand: AUC 0.985.
COPY = 0.97
# The same where some rows lack it, as the first of each entity do: chosen by hand, four rows in five hold the very label.
REPEATED = 0.8
# Chosen by hand, see fault bench: a natural order or a season leaves the present order, or a second one, more than half of the best's signal.
HALF = 0.5
NO_SIGNAL = 0.05
SORTED_SIGNAL = 0.01  # chance of the signal that sorted labels keep; below 300 rows an honest weak one would pass for none
# Features differ by less than half a standard deviation: the same kind of rows. Chosen by hand: a medium effect (Cohen 1988).
ALIKE = 0.5
EXPECTED = 1e-4  # a signal as strong as elsewhere would show inside the stretch with so small a chance of being none


@check(
    "D202", instrument=True,
    severity="critical",
    explains=("label-errors", "underfitting", "not-better-than-baseline", "constant-predictions", "noise-features", "confident-errors", "conflicting-labels", "index-misalignment", "performance-decay", "miscalibration",
             "dead-units", "flat-loss", "plateaued-loss"),
)  # fmt: skip
def label_misalignment(
    orders: LabelOrders, target: Target, metric: Metric, repaired: RepairedOrder | None, agreement: RowAgreement | None,
    block: BlockOrder | None, signal: TestSignal | None, *, alpha: float = 1e-3, floor: float = 0.03,
) -> Iterator[Finding]:  # fmt: skip
    """Labels that do not belong to the rows they stand beside teach the model nothing, or nonsense.

    Why it matters:
        Everything runs, lengths agree, and the model cannot be better than chance; no tuning helps.
    Likely cause:
        Features and labels were joined by position after one of them was sorted, filtered, shuffled, shifted or turned over.
    How it decides:
        A linear fit is scored under every shift of the labels, forwards and backwards, and under the order of every key. An order is named
        when chance finds one so good less often than `alpha` among all tried, the labels as they stand and the second best keep less than
        half of its signal, and boosted trees score higher by `floor` with intervals apart. A stretch of rows is named when labels and
        predictions agree everywhere but there, and either another order restores it or rows alike in features carry no signal inside.
        Without a repair: test rows carry a signal that training rows lack, or the labels are sorted and nothing goes along with them.
    When it is wrong:
        Columns that hold the target's past look like a shift; they are passed over where one of them is nearly a copy, or holds the very labels of other rows. A population without
        any signal, delivered as one block, looks like a shuffled stretch.
    Fix:
        Join features and labels by key, or apply the order that is given.
    Verify:
        Cross-validate with the repaired order: the score rises from chance.
    Prevent:
        assert X.index.equals(y.index), or keep the label in the same table as its features.
    Sources:
        Bartlett (1938) for the chance of one order; Bonferroni over all orders tried; Devlin & Roeder (1999) for widening the null by its
        median where rows are ordered.

    alpha : chance of so good an order among unrelated rows, over all orders tried.
    floor : least gain of the score (AUC or R2) that an order must bring.
    """
    best = orders.best
    whole = repaired is not None and _one_peak(best) and best.p < alpha and best.copy < COPY and best.repeated < REPEATED
    if (
        repaired is not None
        and whole
        and repaired.after.low > repaired.before.high
        and repaired.after.value - repaired.before.value > floor
    ):
        yield _reordered(best, orders, repaired, target, metric)
    elif signal is not None and signal.test.low - signal.train.high > floor:
        yield _lost(target, f"{metric.name} within the test rows is {signal.test.value:.2f}, within the training rows "
                    f"{signal.train.value:.2f}, as if their labels were shuffled", (), Confidence.LIKELY)  # fmt: skip
    elif orders.sorted_labels and orders.rows >= 300 and orders.present_p > SORTED_SIGNAL:
        yield _lost(target, f"all {orders.rows:,} labels are sorted along the rows while the features explain "
                    f"{orders.present:.1%} of them, no more than chance", (), Confidence.LIKELY)  # fmt: skip
    elif block is not None and agreement is not None and _blind(agreement):
        yield from _stretches(block, agreement, target, alpha)


def _one_peak(order: LabelOrder) -> bool:
    height = order.best - order.typical
    return height > 0 and max(order.present, order.second) - order.typical < HALF * height


def _blind(agreement: RowAgreement) -> bool:
    found = agreement.stretch
    return found.outside > 0 and found.inside + 2 * agreement.inside_error < HALF * found.outside


def _stretches(block: BlockOrder, agreement: RowAgreement, target: Target, alpha: float) -> Iterator[Finding]:
    height = block.best - block.typical
    single = height > 0 and max(block.present, block.second) - block.typical < HALF * height
    where = f"rows {block.first:,} to {block.end - 1:,}"
    subject = Subject(kind="rows", names=(target.name,), rows=tuple(range(block.first, block.end)[:50]), detail=where)
    if single and block.p < alpha:
        change = f"shifting them by {block.lag} rows" if block.kind == "shift" else "turning them over"
        text = f"The labels of {where} do not belong to them: {change} raises what the features explain from {block.present:.1%} to {block.best:.1%}."
        yield _finding(subject, text, Severity.CRITICAL, Confidence.NEAR_CERTAIN, (_chart(agreement),), _block_patch(block, target.name))
    elif block.foreign < ALIKE and block.present_p > NO_SIGNAL and block.expected_p < EXPECTED:
        text = f"The labels of {where} go with no feature ({block.present:.1%} explained, {block.elsewhere:.1%} elsewhere): they look shuffled."
        yield _finding(subject, text, Severity.ERROR, Confidence.LIKELY, (_chart(agreement),), None)


def _reordered(best: LabelOrder, orders: LabelOrders, repaired: RepairedOrder, target: Target, metric: Metric) -> Finding:
    step = f" and shifting them by {best.lag} rows" if best.lag else ""
    change = {"shift": f"shifting the labels by {best.lag} rows", "reversal": f"turning the labels over{step}", "sort": f"taking the labels as sorted by '{best.key}'"}[best.kind]  # fmt: skip
    before, after = repaired.before, repaired.after
    bars = Bars(title=f"{metric.name} out of fold", labels=("as they stand", "reordered"), values=(before.value, after.value), lows=(before.low, after.low),
                highs=(before.high, after.high), marked=("reordered",), reading="Same rows, same learner, same folds; only the labels' order differs.")  # fmt: skip
    chance = Measure(title="Chance of so good an order", value=best.p, limit=1e-3, reading=f"Among {orders.tried:,} orders tried.")
    text = f"The labels are not in the order of the rows: {change} raises {metric.name} from {before.value:.2f} to {after.value:.2f}."
    patch = {"shift": f"y = np.roll(y, {-best.lag})", "reversal": f"y = np.roll(y[::-1], {-best.lag})",
             "sort": f"rank = train[{best.key!r}].argsort(kind='stable').argsort().to_numpy()\ny = y[rank]"}[best.kind]  # fmt: skip
    wrap = f"\n# the last {abs(best.lag)} labels wrapped round the end: drop those rows unless the shift was cyclic" if best.lag else ""
    patch = f"y = train[{target.name!r}].to_numpy()\n{patch}\ntrain[{target.name!r}] = y{wrap}"
    return _finding(Subject(kind="column", names=(target.name,)), text, Severity.CRITICAL, Confidence.NEAR_CERTAIN, (bars, chance), patch)


def _lost(target: Target, why: str, evidence: tuple[Evidence, ...], confidence: Confidence) -> Finding:
    text = f"The labels do not belong to the rows, and no order restores them: {why}."
    return _finding(Subject(kind="column", names=(target.name,)), text, Severity.CRITICAL, confidence, evidence, None)


def _finding(
    subject: Subject, text: str, severity: Severity, confidence: Confidence, evidence: tuple[Evidence, ...], patch: str | None
) -> Finding:
    fix = "Join the labels to their rows by key" + (
        "; the patch restores the order found here." if patch else ": the order cannot be told from the rows."
    )
    remedy = Remedy(fix=fix, patch=patch, prevent="assert X.index.equals(y.index)", experiment="realign-labels" if patch else None)
    return Finding(subject=subject, message=text, severity=severity, confidence=confidence, evidence=evidence, remedy=remedy)


def _block_patch(block: BlockOrder, target: str) -> str:
    part = "part" if block.kind == "shift" else "part[::-1]"
    return (
        f"part = train[{target!r}].to_numpy()[{block.first}:{block.end}]\n"
        f"train.loc[train.index[{block.first}:{block.end}], {target!r}] = np.roll({part}, {-block.lag})"
    )


def _chart(agreement: RowAgreement) -> Lines:
    line = Line(name="agreement", x=tuple(agreement.starts[:-1].astype(float).tolist()), y=tuple(agreement.means.tolist()))
    events = ((float(agreement.first), "from here"), (float(agreement.end), "to here"))
    return Lines(title="Agreement of labels and predictions along the rows", x_label="row", y_label="agreement", lines=(line,), events=events,
                 reading="Near 0 the labels tell nothing of the predictions; a stretch at 0 between rows above it is misaligned.")  # fmt: skip
