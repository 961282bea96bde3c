"""D110: columns that repeat each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Evidence, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.collinearity import Collinearity, Pair
from rung.inputs.model import Model

# What a coefficient is worth is told by the model: these read one coefficient a column.
LINEAR = ("LinearRegression", "Logistic", "Ridge", "Lasso", "ElasticNet", "Linear", "Lars", "SGD", "OLS", "GLM", "Logit")
PENALISED = ("Ridge", "Lasso", "ElasticNet", "SGD")
# From 100,000 on a coefficient's error bar is 300 times too wide: its sign means nothing. Ten, the usual rule of thumb, is harmless, and honest tables of measurements
# reach thousands (breast_cancer 3,800).
EXTREME = 100_000.0


@check("D110", severity="note")
def collinear_features(
    found: Collinearity, model: Model | None, *, min_correlation: float = 0.99, extreme: float = EXTREME
) -> Iterator[Finding]:
    """Columns say the same twice: prediction does not suffer, the reading of coefficients does.

    Why it matters:
        The weight is shared among the repeats at will: coefficients and importances lose their meaning, and change from fit to fit. Predictions stay as they are.
    Likely cause:
        The same quantity in two units, a total beside its parts, a rounded copy, dummy columns for all categories.
    How it decides:
        Pearson correlation of 0.99 or more between two numeric columns, or a column that is a sum of others (variance inflation of 100,000 or more, at five rows a column or
        more). A note; a warning, about interpretation only, when the model is linear without a penalty and the inflation is 100,000 or more: a penalty shares the
        weight in one way only. Trees and other models: a note at most.
    When it is wrong:
        The two differ where it matters, in rows that are rare here.
    Fix:
        Keep one column of each group, or a penalty that shares the weight, and do not read single coefficients.
    Verify:
        Without the repeat the score on the same folds stays where it was.
    Prevent:
        assert X.corr().abs().where(~numpy.eye(X.shape[1], dtype=bool)).max().max() < 0.99
    Sources:
        Marquardt (1970); Belsley, Kuh & Welsch (1980), Regression diagnostics; O'Brien (2007) on rules of thumb for the variance inflation.

    min_correlation : size of the correlation from which two columns repeat each other, 0..1.
    extreme : variance inflation from which a coefficient of a linear model cannot be read.
    """
    pairs = [each for each in found.pairs if abs(each.correlation) >= min_correlation]
    inflated = [place for place in np.argsort(-np.nan_to_num(found.inflation, posinf=1e300)) if found.inflation[place] >= extreme]
    if not pairs and not inflated:
        return
    names = list(
        dict.fromkeys([*(name for each in pairs[:10] for name in (each.second, each.first)), *(found.names[each] for each in inflated)])
    )
    linear = model is not None and any(word in model.name for word in LINEAR) and not model.tree_based and not _penalised(model)
    yield _finding(names, pairs, [(found.names[each], float(found.inflation[each])) for each in inflated], model if linear else None)


def _penalised(model: Model) -> bool:
    """Whether equal columns share one weight by rule: ridge and its like, and the logistic regression of scikit-learn unless it is told otherwise."""
    if any(word in model.name for word in PENALISED):
        return True
    strength = model.parameters.get("C")
    return model.parameters.get("penalty", "l2") is not None and isinstance(strength, int | float) and bool(np.isfinite(strength))


def _finding(names: list[str], pairs: list[Pair], inflated: list[tuple[str, float]], linear: Model | None) -> Finding:
    spoilt = linear is not None and bool(inflated)
    first = (
        f"'{pairs[0].first}' and '{pairs[0].second}' repeat each other (correlation {pairs[0].correlation:.4f}"
        if pairs else f"'{inflated[0][0]}' is a sum of other columns (variance inflation {_shown(inflated[0][1])}"
    )  # fmt: skip
    total = f"; {len(pairs)} such pairs, {len(inflated)} columns with a variance inflation of {EXTREME:,.0f} or more)"
    tail = (
        f": the coefficients of {linear.name} cannot be read, its predictions do not suffer."
        if spoilt and linear
        else ": harmless for predictions."
    )
    repeats = list(dict.fromkeys(each.second for each in pairs))[:10] or [inflated[0][0]]
    return Finding(
        subject=Subject(kind="columns", names=tuple(names[:30])),
        message=f"{first}{total}{tail}",
        severity=Severity.WARNING if spoilt else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=_evidence(pairs, inflated),
        remedy=Remedy(
            fix=f"Keep one of each group; leave out {', '.join(repr(name) for name in repeats[:4])}, or read no single coefficient.",
            patch=f"train = train.drop(columns={repeats!r})",
            experiment="drop-repeat" if pairs else None,
        ),
    )


def _shown(inflation: float) -> str:
    return f"{inflation:,.0f}" if np.isfinite(inflation) and inflation < 1e9 else "without bound"


def _evidence(pairs: list[Pair], inflated: list[tuple[str, float]]) -> tuple[Evidence, ...]:
    rows = tuple((each.first, each.second, round(each.correlation, 6)) for each in pairs[:50])
    bars = [(name, min(value, 1e12)) for name, value in inflated[:50]]
    return (
        *((Ranking(title="Pairs that repeat each other", columns=("column", "column", "correlation"), rows=rows),) if rows else ()),
        *(
            (
                Bars(
                    title="Variance inflation",
                    labels=tuple(n for n, _ in bars),
                    values=tuple(v for _, v in bars),
                    reading="Cut off at 1e12.",
                ),
            )
            if bars
            else ()
        ),
    )
