"""P101: preprocessing fitted on rows that are scored later."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.errors import Unavailable
from rung.core.evidence import Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.fit_provenance import FitProvenance, ForeignCategories, Provenance
from rung.facts.scaled_together import Centre, ScaledTogether

# Two ways of summing the same numbers differ by about 1e-13 of them: values equal to SAME are one number. Values of training rows and of all rows must lie APART to tell.
SAME, APART = 1e-8, 1e-6
EXACT = 2e-6  # a file with six decimals keeps a mean of nought and a deviation of one within this


@check("P101", severity="warning", explains=("overfitting", "test-set-reuse"))
def preprocessing_leakage(fits: FitProvenance | None, together: ScaledTogether | None) -> Iterator[Finding]:
    """Preprocessing was fitted on rows that are scored later.

    Why it matters:
        The test rows have already shaped the features, so their score is no longer that of unseen rows: a little too good for scalers, far too good for selectors.
    Likely cause:
        The scaler, imputer, encoder or selector was fitted on the whole table, and the split came after it.
    How it decides:
        Every statistic of every fitted step is worked out anew, on the training rows alone and on training and test rows together. Where the two differ, the fitted
        values equal those of both tables (to 1e-8) in every entry, and those of the training rows in none. An encoder is named when it learned categories that only
        test rows hold. Without a model: columns that have mean 0 and deviation 1 over both tables together, to 2e-6, but not over the training rows; or that reach
        exactly 0 and 1, once each, only when both tables are taken together.
    When it is wrong:
        The data were published standardised; then the leak is the publisher's and cannot be undone here. A model that was refitted on all rows after the evaluation
        was done shows the same statistics on purpose.
    Fix:
        Put the steps and the estimator into one pipeline and fit it on the training rows only.
    Verify:
        Fit again on the training rows: the statistics change to theirs, and the test score is the honest one.
    Prevent:
        model = make_pipeline(StandardScaler(), estimator).fit(X_train, y_train)
    Sources:
        Equality of fitted values with those of the joined rows, by arithmetic; Kaufman et al. (2012), Leakage in data mining.
    """
    if fits is None and together is None:
        raise Unavailable("needs a test set")
    if fits is not None:
        yield from _of_steps(fits)
    if together is not None:
        yield from _of_tables(together)


def _of_steps(fits: FitProvenance) -> Iterator[Finding]:
    guilty: dict[str, list[Provenance]] = {}
    for each in fits.statistics:
        if each.attribute != "encodings_" and each.saw_both(fits.n_train + fits.n_test, SAME, APART):
            guilty.setdefault(each.path, []).append(each)
    for path in sorted(guilty, key=lambda path: not guilty[path][0].supervised)[:4]:
        yield _step_finding(path, guilty[path], fits)
    for each in fits.categories:
        if each.path not in guilty:
            yield _category_finding(each)


def _step_finding(path: str, found: list[Provenance], fits: FitProvenance) -> Finding:
    first = found[0]
    worst = int(np.argmax(np.abs(first.on_train - first.on_both) / (np.abs(first.on_both) + 1e-300)))
    names = tuple(dict.fromkeys(name for each in found for name in each.columns if name))
    of = f" of '{first.columns[worst]}'" if first.columns[worst] else ""
    return Finding(
        subject=Subject(kind="step", names=(path, *names[:20]), detail=f"{first.type_name} fitted on {fits.n_train + fits.n_test:,} rows"),
        message=(
            f"Step '{path}' ({first.type_name}) was fitted on training and test rows: its {first.attribute}{of} is {first.fitted[worst]:.6g}, the value over all "
            f"{fits.n_train + fits.n_test:,} rows, where the {fits.n_train:,} training rows give {first.on_train[worst]:.6g}."
        ),
        severity=Severity.ERROR if any(each.supervised for each in found) else Severity.WARNING,
        # One entry of a coarse statistic (a median, an extreme) can agree by chance with rows that are not here.
        confidence=Confidence.NEAR_CERTAIN if any(each.n_telling(APART) > 1 or each.n_seen > 0 for each in found) else Confidence.LIKELY,
        evidence=(_table(found),),
        remedy=Remedy(
            fix=f"Fit '{path}' on the training rows only: put it into one pipeline with the estimator and fit that.",
            patch="model = sklearn.base.clone(model).fit(X_train, y_train)  # every step sees training rows only",
            prevent="assert not set(X_train.index) & set(X_test.index)  # split first, then fit one pipeline on X_train",
            experiment="refit-preprocessing",
        ),
    )


def _table(found: list[Provenance]) -> Ranking:
    arrays = [(each, each.fitted.tolist(), each.on_train.tolist(), each.on_both.tolist()) for each in found]
    rows = [(each.attribute, *row) for each, *numbers in arrays for row in list(zip(each.columns, *numbers, strict=True))[:15]]
    return Ranking(
        title="What the step learned",
        columns=("statistic", "column", "as fitted", "training rows", "training and test rows"),
        rows=tuple(rows[:50]),
        reading="The fitted values are those of the last column: the test rows were there.",
    )


def _category_finding(each: ForeignCategories) -> Finding:
    shown = ", ".join(repr(name) for name in each.learned[:4])
    return Finding(
        subject=Subject(kind="step", names=(each.path, each.column)),
        message=f"Step '{each.path}' ({each.type_name}) knows {len(each.learned)} of the {each.n_test_only} categories of '{each.column}' that only test rows hold: {shown}.",
        severity=Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN,
        remedy=Remedy(
            fix=f"Fit '{each.path}' on the training rows, with handle_unknown='ignore' for categories it has not seen.",
            experiment="refit-preprocessing",
        ),
    )


def _of_tables(together: ScaledTogether) -> Iterator[Finding]:
    standard = [name for name, (train, _, both) in together.columns.items() if _standard(both) and not _standard(train)]
    ranged = [name for name, (train, test, both) in together.columns.items() if _ranged(both) and not _ranged(train) and test.n >= 2]
    # One column that happens to reach 0 and 1 once each proves little.
    for names, what in ((standard, "mean 0 and deviation 1"), (ranged, "smallest value 0 and largest 1")):
        if names and (what.startswith("mean") or len(names) > 1):
            yield _table_finding(names, what, together)


def _standard(centre: Centre) -> bool:
    unbiased = centre.sd * np.sqrt(centre.n / max(centre.n - 1, 1))
    return centre.n >= 20 and abs(centre.mean) < EXACT and min(abs(centre.sd - 1), abs(unbiased - 1)) < EXACT


def _ranged(centre: Centre) -> bool:
    return centre.n >= 20 and centre.low == 0.0 and abs(centre.high - 1.0) < 1e-9 and centre.n_low == 1 and centre.n_high == 1


def _table_finding(names: list[str], what: str, together: ScaledTogether) -> Finding:
    train, _, both = together.columns[names[0]]
    centres = [(name, together.columns[name][2]) for name in names[:50]]
    rows = tuple((name, each.mean, each.sd, each.low, each.high) for name, each in centres)
    values = (train.mean, train.sd) if what.startswith("mean") else (train.low, train.high)
    return Finding(
        subject=Subject(kind="columns", names=tuple(names[:50])),
        message=(
            f"{len(names)} columns have exactly {what} over training and test rows together ('{names[0]}': {values[0]:.4g} and {values[1]:.4g} over the "
            f"training rows alone): they were scaled before the split, over {both.n:,} rows."
        ),
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(Ranking(title="Centres over both tables", columns=("column", "mean", "deviation", "smallest", "largest"), rows=rows),),
        remedy=Remedy(
            fix="Split the raw table first; fit the scaler on the training rows and apply it to both.",
            patch=f"scaler = StandardScaler().fit(train[{names[:8]!r}])  # on raw values, after the split",
        ),
    )
