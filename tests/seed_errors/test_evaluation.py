"""Mistakes that articles on evaluating models make, and that rung must not repeat. One test each."""

import numpy as np
import pandas as pd
import pytest

from cases import case_of, findings_of
from cases.build import run_rule
from cases.evaluation import judged, model_for, sound_case, table
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.confusion import Confusion
from rung.facts.decision import Decision
from rung.facts.error_categories import ErrorCategories
from rung.facts.error_contrast import ErrorContrast
from rung.facts.metric_views import MetricViews
from rung.facts.reliability import Reliability
from rung.facts.scored import Scored
from rung.facts.slice_scan import SliceScan
from rung.inputs.case import Case
from rung.inputs.categories import Categories
from rung.stats.calibration import calibration_error, calibration_line, over_prediction, reliability_bins
from rung.stats.recalibration import fit


def asked(case, wanted):
    """One fact of a case."""
    return Ledger(case, discover.facts()).ask(wanted)


def rare(n=8000) -> pd.DataFrame:
    """A twentieth of the rows is positive."""
    frame = table(n)
    return frame[(frame.target == 0) | (np.arange(len(frame)) % 20 == 0)].reset_index(drop=True)


def stretched(slope, n=20_000):
    """Labels from true log-odds; probabilities whose log-odds are stretched."""
    rng = np.random.default_rng(0)
    z = rng.normal(0, 1.5, n)
    return rng.random(n) < 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(-slope * z))


class TestCalibration:
    """A1, A6, A7, F5: sides, links, temperatures."""

    def test_overconfidence_is_flatness_and_no_side_of_the_diagonal(self):
        """Stretched log-odds lie above the diagonal at low and below it at high predictions; the slope says so."""
        y, p = stretched(3.0)
        bins = reliability_bins(y, p)

        assert bins.observed[0] > bins.predicted[0]
        assert bins.observed[-1] < bins.predicted[-1]
        assert calibration_line(y, p).slope.high < 1
        assert not over_prediction(y, p).excludes(0.0)

    def test_points_below_the_diagonal_are_predictions_too_high(self):
        """Mean prediction minus share of positives is above zero, and the reading of the chart says the same."""
        y, p = stretched(1.0)
        high = np.clip(p + 0.15, 0, 1)
        bins = reliability_bins(y, high)

        assert np.all(bins.observed[:8] < bins.predicted[:8])
        assert over_prediction(y, high).low > 0

    def test_a_link_used_twice_is_told_as_miscalibration(self):
        """Probabilities of a sigmoid of a probability lie in 0.5..0.731 and are far too timid."""
        frame = table()
        p = model_for(frame[:2000]).predict_proba(frame.drop(columns="target"))[:, 1]
        frame["score"] = 1 / (1 + np.exp(-p))
        found = findings_of("miscalibration", case_of(frame[2000:].reset_index(drop=True), target="target", prediction="score"))

        assert "too timid" in found[0].message
        assert found[0].weight

    def test_temperature_is_fitted_on_rows_that_are_not_reported(self):
        """The map is chosen on two thirds and measured on the last third; binary probabilities keep two columns that sum to 1."""
        found = asked(sound_case(), Reliability)
        y, p = stretched(3.0)
        both = np.column_stack([1 - p, p])

        assert 0.28 * found.n < found.n_verified < 0.39 * found.n
        assert fit("temperature", y.astype(int), both)[0](both).sum(axis=1) == pytest.approx(1.0)
        assert fit("temperature", y.astype(int), both)[1][0] == pytest.approx(3.0, rel=0.1)

    def test_one_bin_is_no_verdict(self):
        """The expected error of true probabilities is above zero; it is compared with labels drawn from the predictions themselves."""
        y, p = stretched(1.0, n=400)
        found = calibration_error(y, p)

        assert found.value > 0.01
        assert found.p > 0.05


class TestErrors:
    """A2, A4, A12, B8, B9, B10: rates, rows, confidence."""

    def test_miss_rate_has_the_positives_below_it(self):
        """FN / positives and FP / negatives with intervals, not shares of all rows."""
        case = judged(rare())
        scored, found = asked(case, Scored), asked(case, Confusion)
        y, called = scored.y == 1, scored.labels == 1

        assert found.fnr.value == pytest.approx((y & ~called).sum() / y.sum())
        assert found.fpr.value == pytest.approx((~y & called).sum() / (~y).sum())
        assert found.fnr.low < found.fnr.value < found.fnr.high
        assert found.fnr.value > 5 * (y & ~called).mean()

    def test_rows_named_as_errors_are_the_errors_of_the_table_as_given(self):
        """Positions survive sampling and missing labels."""
        frame = table(3000)
        test = frame[1500:].reset_index(drop=True).astype({"target": float})
        test.loc[::7, "target"] = np.nan
        model = model_for(frame[:1500])
        scored = asked(case_of(frame[:1500], test=test, model=model, target="target"), Scored)
        said = model.predict(test.drop(columns="target"))

        assert np.array_equal(said[scored.rows] != test.target.to_numpy()[scored.rows], scored.wrong)
        assert not np.isnan(test.target.to_numpy()[scored.rows]).any()

    def test_accuracy_of_counts_has_an_interval(self):
        """94.8 % of 200 rows is no count; every share here is one, with its Wilson interval."""
        found = asked(sound_case(), Confusion)

        assert found.accuracy.value * found.n == pytest.approx(round(found.accuracy.value * found.n))
        assert found.accuracy.width > 0.01

    def test_noise_columns_are_not_named_however_few_the_errors(self):
        """20 columns of noise, half a standard deviation would name several; family-wise, one table in twenty is expected to name any."""
        named = 0
        for seed in range(20):
            rng = np.random.default_rng(seed)
            frame = pd.DataFrame(rng.normal(size=(600, 20)), columns=[f"z{place}" for place in range(20)])
            frame["target"] = rng.integers(0, 2, 600)
            frame["score"] = np.where(rng.random(600) < 0.97, frame.target * 0.8 + 0.1, 0.9 - frame.target * 0.8) + rng.normal(0, 0.01, 600)
            case = case_of(frame, target="target", prediction="score")
            named += any(each.p < 0.05 for each in asked(case, ErrorContrast).distinctions)

        assert named <= 3

    def test_what_does_tell_errors_apart_is_named(self):
        """The same with one column that is behind the errors."""
        rng = np.random.default_rng(0)
        frame = pd.DataFrame(rng.normal(size=(1500, 20)), columns=[f"z{place}" for place in range(20)])
        frame["target"] = rng.integers(0, 2, 1500)
        wrong = rng.random(1500) < 0.15 * (frame.z7 > 0.5)
        frame["score"] = np.where(wrong, 0.8 - 0.6 * frame.target, 0.2 + 0.6 * frame.target) + rng.normal(0, 0.01, 1500)
        found = asked(case_of(frame, target="target", prediction="score"), ErrorContrast)

        assert found.distinctions[0].column == "z7"
        assert found.distinctions[0].p < 0.01

    def test_confidence_of_a_miss_is_that_of_the_wrong_class(self):
        """P(y = 1) of a miss is below the threshold by construction; the confidence is one minus it."""
        scored = asked(sound_case(), Scored)
        missed = (scored.y == 1) & (scored.labels == 0)

        assert np.all(scored.confidence[missed] >= 0.5)
        assert scored.confidence[missed] == pytest.approx(1 - scored.p[missed, 1])


class TestMeasuring:
    """A5, B2, B14, B15, B16, B17, B18."""

    def test_training_rows_are_never_called_a_test_set(self):
        """By content, whatever the file is called."""
        frame = table(1000)

        assert findings_of("evaluated-on-training-data", case_of(frame, test=frame.sample(frac=1.0, random_state=0), target="target"))

    def test_a_constant_baseline_is_told_in_every_metric(self):
        """AUC of a constant is one half and tells nothing: log loss, Brier and accuracy have their own."""
        views = asked(judged(rare()), MetricViews)

        assert {"accuracy", "log loss", "Brier score", "ROC AUC", "average precision"} <= {each.name for each in views.views}
        assert views.of("accuracy").trivial > 0.9
        assert 0 < views.of("log loss").trivial < 0.3

    def test_a_training_gap_is_no_finding_here(self):
        """A forest with training AUC 1.0, honestly tested: neither overfitting by a gap nor a memory of test rows."""
        from sklearn.ensemble import RandomForestClassifier

        from cases.evaluation import real_case

        case = real_case("breast_cancer", RandomForestClassifier(n_estimators=60, random_state=0))

        assert [each for each in run_rule("evaluated-on-training-data", case)[1] if each.weight] == []
        assert [each for each in run_rule("overfitting", case)[1] if each.weight] == []

    def test_the_threshold_is_reported_on_rows_that_did_not_choose_it(self):
        """On pure noise the threshold tuned on all rows looks better than chance; cross-fitted it does not."""
        gains = []
        for seed in range(6):
            rng = np.random.default_rng(seed)
            frame = pd.DataFrame({"a": rng.normal(size=400), "b": rng.normal(size=400), "score": rng.random(400)})
            frame["target"] = rng.integers(0, 2, 400)
            gains.append(asked(case_of(frame, target="target", prediction="score"), Decision).gain.value)

        assert np.mean(gains) < 0.02

    def test_half_is_right_for_true_probabilities_at_any_prevalence(self):
        """A rare class alone is no reason to move the threshold; costs are."""
        assert findings_of("default-threshold", judged(rare())) == []
        assert findings_of("default-threshold", judged(rare(), cost_fp=1.0, cost_fn=20.0))

    def test_no_metric_is_called_better_under_imbalance_as_such(self):
        """The page on average precision says what it hides, and accuracy is answered by costs, not by F1."""
        from rung.facts.metric_names import HIDES

        found = findings_of("metric-mismatch", judged(rare(), metric="accuracy"))

        assert "no better under imbalance" in HIDES["average precision"]
        assert "log loss" in found[0].remedy.fix

    def test_reweighting_is_told_as_broken_calibration_and_the_threshold_as_the_cure(self):
        """class_weight='balanced' leaves the ranking and makes every probability of the rare class too high."""
        from sklearn.linear_model import LogisticRegression

        frame = rare(20_000)[["x0", "x1", "target"]]
        half = len(frame) // 2
        model = LogisticRegression(class_weight="balanced").fit(frame[:half].drop(columns="target"), frame.target[:half])
        case = case_of(frame[:half], test=frame[half:].reset_index(drop=True), model=model, target="target")

        assert "too high" in findings_of("miscalibration", case)[0].message


class TestCategories:
    """F1, F2, F3, F4: shares of errors are no failure rates; slices are corrected."""

    def categories(self, **predicates):
        """A sound case with categories of the user's own."""
        case = sound_case()
        made = {name: (lambda rows, ask=ask: ask(rows.frame.to_pandas()).to_numpy()) for name, ask in predicates.items()}
        return Case(*case.inputs.values(), Categories(predicates=made))

    def test_rate_inside_is_not_the_share_of_errors(self):
        """P(wrong | category) with interval and lift, beside P(category | wrong)."""
        case = self.categories(warm=lambda rows: rows.x0 > 0)
        scored, found = asked(case, Scored), asked(case, ErrorCategories)
        inside = scored.table.frame["x0"].to_numpy()[scored.rows] > 0

        assert found.rates[0].inside.value == pytest.approx(scored.wrong[inside].mean())
        assert found.rates[0].of_errors == pytest.approx(inside[scored.wrong].mean())
        assert found.rates[0].lift == pytest.approx(scored.wrong[inside].mean() / scored.wrong[~inside].mean())

    def test_categories_may_overlap_be_empty_or_hold_everything(self):
        """Nothing is divided by zero; what lies in no category is told."""
        found = asked(self.categories(nobody=lambda rows: rows.x0 > 99, warm=lambda rows: rows.x0 > 0), ErrorCategories)

        assert found.rates[0].n == 0
        assert np.isnan(found.rates[0].inside.value)
        assert 0 < found.uncategorised < 1

    def test_no_errors_divide_nothing(self):
        """A perfect column of predictions."""
        frame = table(400)
        frame["score"] = frame.target * 0.9 + 0.05 + np.linspace(0, 0.01, 400)
        case = case_of(frame, target="target", prediction="score")
        found = asked(
            Case(*case.inputs.values(), Categories(predicates={"all": lambda rows: np.ones(rows.n_rows, dtype=bool)})), ErrorCategories
        )

        assert found.n_errors == 0
        assert np.isnan(found.uncategorised)

    def test_thousands_of_slices_and_none_by_chance(self):
        """Every slice of one and two conditions of a sound table, five tables, none confirmed as weak."""
        found = [asked(judged(table(seed=seed)), SliceScan) for seed in range(20, 25)]

        assert min(each.looked_at for each in found) > 500
        assert [slice_.text for each in found for slice_ in each.weak if slice_.excess.low > 0.06] == []
