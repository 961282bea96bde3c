"""P104: encodings of the target computed with the row's own label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure, Points
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check, witness
from rung.facts.fit_provenance import FitProvenance, Provenance
from rung.facts.target_encodings import Encoding, TargetEncodings

# Share of a row's encoding that is its own label, on average. From a twentieth on a model reads the label out of it. Chosen by hand, see fault bench.
HEAVY = 0.05
SAME, APART = 1e-8, 1e-6  # as in preprocessing-leakage: equal, and apart enough to tell
SHOWN = 500


@check("P104", severity="warning", explains=("target-leakage", "overfitting", "preprocessing-leakage", "identifier-feature"))
def target_encoding_leakage(encodings: TargetEncodings, *, min_matched_share: float = 0.99) -> Iterator[Finding]:
    """A column holds the mean of the target per level, and the row's own label is in that mean.

    Why it matters:
        In a level of few rows the mean is mostly the row's own label: the model reads it there, scores well in training and falls in production.
    Likely cause:
        groupby(category)[target].transform('mean') over the whole table, or an encoder fitted before the split.
    How it decides:
        For every numeric column with decimals, grouped by its own values and by each category column: the value equals the mean of the target in the group (plain,
        shrunk by one pseudo-count, by empirical Bayes, or with the row left out) for 99 % of the rows, to the last digit that the column keeps, in at
        least three groups that hold different labels. Over the training rows, and over training and test rows. Fitted target encoders are worked out anew on both.
    When it is wrong:
        An in-sample prediction of a tree or of an isotonic fit equals its group's mean as well: that is the same leak. Encodings made out of fold do not match.
    Fix:
        Encode inside the pipeline with cross-fitting, so that a row's encoding never contains its own label.
    Verify:
        With encodings made out of fold the validation score falls to what production shows.
    Prevent:
        model = make_pipeline(TargetEncoder(), estimator)  # fit_transform cross-fits
    Sources:
        Micci-Barreca (2001), on encoding categories by the target; Prokhorenkova et al. (2018), CatBoost, on the shift it causes.

    min_matched_share : share of rows whose value must be the mean, 0..1.
    """
    for each in encodings.found:
        if each.matched_share >= min_matched_share and each.n_telling >= 3:
            yield _finding(each)


@witness("P104")
def fitted_on_both_tables(fits: FitProvenance) -> Iterator[Finding]:
    """A fitted encoder whose averages are those of the training and the test rows together."""
    for fitted in fits.statistics:
        if fitted.attribute == "encodings_" and fitted.saw_both(fits.n_train + fits.n_test, SAME, APART):
            yield _encoder_finding(fitted, fits)


def _finding(each: Encoding) -> Finding:
    own = each.n_levels / max(each.n_rows, 1)
    of = f"of the target (label '{each.label}')" if each.label else "of the target"
    group = f"per level of '{each.grouping}'" if each.grouping else "of the rows that share the value"
    # Rates of a class repeat over levels: without the category the levels are merged and the own share is a lower bound.
    heavy = own >= HEAVY or (each.label and not each.grouping) or each.form == "leave-one-out mean" or each.over != "training"
    return Finding(
        subject=Subject(
            kind="column", names=(each.column, *((each.grouping,) if each.grouping else ())), detail=f"{each.form} over {each.over} rows"
        ),
        message=(
            f"'{each.column}' is the {each.form} {of} {group}, over {each.over} rows, own label included: {each.matched_share:.1%} of {each.n_rows:,} rows match, "
            f"and {own:.1%} or more of an average value is the row's own label."
        ),
        severity=Severity.ERROR if heavy else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            _chart(each),
            Measure(title="Own label's share of the encoding", value=own, limit=HEAVY, reading="One over the mean size of a level."),
        ),
        remedy=_remedy(each),
    )


def _chart(each: Encoding) -> Points:
    places = np.linspace(0, len(each.values) - 1, min(SHOWN, len(each.values))).astype(int)
    return Points(
        title=f"'{each.column}' against the {each.form} of the target",
        x_label=f"{each.form} with the own label",
        y_label=each.column,
        x=tuple(each.means[places].tolist()),
        y=tuple(each.values[places].tolist()),
        reading="All on the diagonal: the column is that mean.",
    )


def _remedy(each: Encoding) -> Remedy:
    source = each.grouping or "the category it was made from"
    return Remedy(
        fix=f"Drop '{each.column}' and encode {source} inside the pipeline, out of fold.",
        patch=(
            f"train, test = train.drop(columns=[{each.column!r}]), test.drop(columns=[{each.column!r}])\n"
            "model = make_pipeline(ColumnTransformer([('mean', sklearn.preprocessing.TargetEncoder(), "
            f"[{each.grouping or 'category'!r}])], remainder='passthrough'), estimator)"
        ),
        prevent="# never groupby(...)[target].transform('mean') outside a cross-fitted encoder",
        experiment="encode-out-of-fold",
    )


def _encoder_finding(each: Provenance, fits: FitProvenance | None) -> Finding:
    worst = int(np.argmax(np.abs(each.on_train - each.on_both)))
    column = each.columns[worst] or each.path
    rows = f"{fits.n_train + fits.n_test:,}" if fits is not None else "all"
    return Finding(
        subject=Subject(kind="step", names=(each.path, *dict.fromkeys(name for name in each.columns if name))),
        message=(
            f"Step '{each.path}' ({each.type_name}) encodes '{column}' with the labels of the test rows: {each.fitted[worst]:.6g} for one category, the value over "
            f"{rows} rows, where the training rows give {each.on_train[worst]:.6g}."
        ),
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        remedy=Remedy(fix=f"Fit '{each.path}' on the training rows only, inside the pipeline.", experiment="refit-preprocessing"),
    )
