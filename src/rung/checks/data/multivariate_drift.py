"""D402: two tables differ jointly, though no column does by itself."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.domain_classifier import Separation, TestSeparation


@check("D402", severity="warning", explains=("prediction-drift", "performance-decay", "miscalibration"))
def multivariate_drift(test: TestSeparation, *, min_auc: float = 0.55, honest_auc: float = 0.6) -> Iterator[Finding]:
    """Columns go together otherwise in the test set, though each looks as in training.

    Why it matters:
        The model has learned how columns go together; where that changes, single-column monitors see nothing.
    Likely cause:
        One column was joined, sorted or filled apart from the others; another mix of sources; a column that is computed from others in another way.
    How it decides:
        Boosted trees are trained to tell the tables apart, on at most 5,000 rows of each, cross-fitted, after columns of time and those that moved by themselves were
        taken out. The lower end of the AUC's 99.9 % interval must exceed 0.55; 0.5 is chance. And it must surely exceed what is reached when every column of either
        table is put into another order by itself: what single columns tell is no matter of how they go together. Categories are coded by both tables. When the split goes forward in time or separates entities a difference is
        natural: a note, from 0.6 on. Shuffling a column tells how much it contributes.
    When it is wrong:
        The split was made by something that the columns know together, such as a site.
    Fix:
        Compare how the named columns are joined and computed in both tables.
    Verify:
        The AUC falls to 0.5.
    Prevent:
        assert roc_auc_score(is_test, cross_val_predict(classifier, X, is_test, method="predict_proba")[:, 1]) < 0.55
    Sources:
        Lopez-Paz & Oquab (2017), classifier two-sample tests; DeLong et al. (1988) for the interval.

    min_auc : lower end of the interval from which a random split counts as different.
    honest_auc : the same for splits forward in time or by entity.
    """
    separation = test.separation
    random = separation.split == "random"
    if separation.beyond(min_auc if random else honest_auc):
        yield _finding(separation, "test", Severity.WARNING if random else Severity.NOTE)


def _finding(found: Separation, pair: str, severity: Severity) -> Finding:
    names = found.carriers
    shown = ", ".join(repr(name) for name in names[:3])
    shares = found.drops[:30]
    return Finding(
        subject=Subject(kind="columns", names=names, detail=f"train vs {pair}, {found.split} split"),
        message=(
            f"Training and {pair} rows are told apart with an AUC of {found.auc:.3f} ({found.low:.3f} to {found.high:.3f}) by how {shown} go together, though no "
            f"column does so by itself."
        ),
        severity=severity,
        confidence=Confidence.LIKELY,
        evidence=(
            Measure(
                title="AUC of telling the tables apart",
                value=found.auc,
                low=found.low,
                high=found.high,
                limit=0.5,
                reading="0.5: they are alike.",
            ),
            Bars(
                title="Fall of the AUC when the column is shuffled",
                labels=tuple(n for n, _ in shares),
                values=tuple(v for _, v in shares),
                marked=names,
            ),
        ),
        remedy=Remedy(fix=f"Compare how {shown} are joined, sorted and computed in both tables."),
    )
