"""E101: the rows that are scored are rows that were fitted on."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.memory import Memory
from rung.facts.overlap import Overlap
from rung.inputs.case import Test
from rung.stats.intervals import wilson

LEAST_LOSS = 0.02  # log loss (or share of the variance) that a fit must remember before its memory can be recognised; chosen by hand


@check(
    "E101",
    instrument=True,
    severity="critical",
    explains=("split-overlap", "overfitting", "miscalibration", "unstable-scores", "duplicate-rows", "group-leakage", "tuned-on-test"),
)
def evaluated_on_training_data(
    test: Test,
    overlap: Overlap | None,
    memory: Memory | None,
    *,
    min_share: float = 0.6,
    min_remembered: float = 0.5,
) -> Iterator[Finding]:
    """The test score is measured on rows that the model was fitted on.

    Why it matters:
        A model can repeat what it was shown. The score says how well it remembers, not how well it will do.
    Likely cause:
        The training file was scored, predictions were collected from the training loader, or the model was fitted on all rows before they were split.
    How it decides:
        In a recorded run by row identity. In tables in two ways. By content: every test row is looked up in training, target included; found where `min_share` of them have an equal twin and
        training rows held out of training have far fewer. By memory: clones of the model tell how much less loss it has on training rows than on rows it
        has not seen; a clone fitted on the training table alone is then asked about the test rows. Found where the model as given beats that clone
        on the test rows by at least `min_remembered` of what a clone fitted on both tables gains there (or, where none can be fitted so, of what the model remembers of
        its training rows), with the paired interval above zero.
    When it is wrong:
        Tables of few possible rows repeat by themselves: held-out training rows then repeat too, and the rule is silent. A model fitted on far more rows than
        the training table given can honestly beat its clone; then hand over all rows it was fitted on.
    Fix:
        Fit on training rows only and score the untouched test rows again.
    Verify:
        The clone's test score, which no test row has touched.
    Prevent:
        Split first, carry row identities along, and assert that no scored row was fitted on.
    Sources:
        Membership by loss against a reference model: Yeom et al. (2018), Carlini et al. (2022). Limits chosen by hand, see fault bench.

    min_share : share of the test rows with an equal row in training
    min_remembered : share of what is remembered of rows that were fitted on that is shown on test rows
    """
    if (overlap is not None and (found := _by_content(overlap, test, min_share)) is not None) or (
        memory is not None and (found := _by_memory(memory, test, min_remembered)) is not None
    ):
        yield found


def _by_content(overlap: Overlap, test: Test, min_share: float) -> Finding | None:
    equal = overlap.equal
    count, n = len(equal.test_rows), equal.n_asked
    share = wilson(count, n, 0.99)
    natural = wilson(round(min(1.0, equal.expected) * equal.n_null), equal.n_null, 0.99).high if equal.n_null else 1.0
    if n < 5 or count / n < min_share or share.low <= 1.5 * natural:
        return None
    return Finding(
        subject=Subject(kind="split", rows=tuple(int(each) for each in equal.test_rows), detail="rows of the test set"),
        message=f"{count:,} of {n:,} test rows ({count / n:.0%}) are rows of the training table; {min(1.0, equal.expected):.0%} would be natural here: "
        f"'{test.table.source}' is no test set.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title="Share of rows that stand in the training table",
                labels=("test rows", "training rows held out"),
                values=(count / n, min(1.0, equal.expected)),
                marked=("test rows",),
                reading="Equal bars mean that repeats are natural here.",
            ),
        ),
        remedy=_remedy(),
    )


def _by_memory(memory: Memory, test: Test, min_remembered: float) -> Finding | None:
    there, here = memory.on_train, memory.on_test
    if here is None or there.low < LEAST_LOSS or here.low <= 0 or memory.remembered < min_remembered:
        return None
    if here.low < 0.5 * min_remembered * memory.yardstick:  # the interval must exclude a small memory too
        return None
    return Finding(
        subject=Subject(kind="split", detail="rows of the test set"),
        message=f"The model beats a clone fitted on the training table alone by {here.value:.3f} of loss on '{test.table.source}', "
        f"{min(1.0, memory.remembered):.0%} of what a fit on these rows would gain: it was fitted on these test rows.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN if memory.remembered > 0.7 else Confidence.LIKELY,
        evidence=(
            Bars(
                title="Loss that only a model that saw the rows can avoid",
                labels=("training rows", "test rows"),
                values=(there.value, here.value),
                lows=(there.low, here.low),
                highs=(there.high, here.high),
                marked=("test rows",),
                reading="Clone without the rows minus the model as given. Rows it has never seen would stand at zero.",
            ),
            Measure(
                title="Nearness of the test loss to remembered rows",
                value=memory.nearness,
                limit=0.0,
                reading="0 as unseen rows, 1 as training rows.",
            ),
        ),
        remedy=_remedy(),
    )


def _remedy() -> Remedy:
    return Remedy(
        fix="Fit on the training rows only, then score rows that were not among them.",
        patch="train, test = train_test_split(table, random_state=0)\nmodel.fit(train[features], train[target])\nscore(test[target], model.predict_proba(test[features]))",
        prevent="assert not set(pd.util.hash_pandas_object(test, index=False)) & set(pd.util.hash_pandas_object(train, index=False))",
        experiment="score-unseen",
    )
