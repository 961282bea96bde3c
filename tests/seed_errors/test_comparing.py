"""Mistakes that articles make when they compare, split and diagnose, and that rung must not repeat. One test each."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

import rung
from cases import case_of, findings_of
from cases.build import run_rule
from cases.evaluation import model_for, table
from cases.real import wine
from rung.core.rung import Rung
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.folds import Folds
from rung.facts.label_ceiling import LabelCeiling
from rung.facts.ladder import ModelLadder
from rung.facts.score import Metric
from rung.facts.scored import Scored


def asked(case, wanted):
    """One fact of a case."""
    return Ledger(case, discover.facts()).ask(wanted)


def noise(n=400, seed=0) -> pd.DataFrame:
    """Four columns that tell nothing of the target."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd")).assign(target=rng.integers(0, 2, n))


class TestMargins:
    """B1, B6, B14: a difference counts beside its own noise, and no fixed margin does."""

    def test_steps_of_the_ladder_are_paired_differences_with_an_interval(self):
        """On noise no step climbs, though some score lies above the one below it by more than 0.02."""
        steps = [
            each for seed in range(4) for each in asked(case_of(noise(seed=seed), target="target"), ModelLadder).contenders if each.step
        ]

        assert max(each.step.value for each in steps) > 0.02
        assert all(each.state != "climbed" for each in steps if not each.name.startswith("best single"))
        assert all(each.step.low < each.step.value < each.step.high for each in steps)

    def test_the_smallest_difference_that_could_be_seen_is_told(self):
        """Where no difference is seen the report says what these rows could have shown."""
        unseen = [each for each in asked(case_of(noise(), target="target"), ModelLadder).contenders if each.state == "no difference seen"]

        assert unseen
        assert all("cannot be seen with these rows" in each.why for each in unseen)


class TestSplits:
    """B5, F8: more than two classes, entities and time have their own metric and folds."""

    def test_several_classes_are_scored_one_against_the_rest(self):
        """AUC of three classes is the macro mean."""
        assert asked(case_of(wine(), target="target"), Metric).name == "macro ROC AUC"

    @pytest.mark.parametrize(("declared", "scheme"), [({"groups": "who"}, "grouped"), ({"time": "day"}, "forward"), ({}, "random")])
    def test_folds_follow_what_is_declared(self, declared, scheme):
        """No entity on both sides, nothing fitted on later rows."""
        frame = noise().assign(who=np.repeat(np.arange(80), 5), day=np.arange(400))
        found = asked(
            case_of(frame.drop(columns=[each for each in ("who", "day") if each not in declared.values()]), target="target", **declared),
            Folds,
        )
        who = frame.who.to_numpy()

        assert found.scheme == scheme
        for fitted, scored in found.splits():
            assert scheme != "grouped" or not set(who[fitted]) & set(who[scored])
            assert scheme != "forward" or not len(fitted) or fitted.max() < scored.min()


class TestReading:
    """B4, B7, B9: frames as people have them."""

    def test_another_index_and_text_columns_move_no_row(self):
        """Errors of a frame with a shuffled index and missing values are those of its rows in order."""
        frame = table(3000)
        model = model_for(frame[:1500])
        test = frame[1500:].copy()
        test.index = np.random.default_rng(0).permutation(len(test)) * 7
        test["note"] = np.where(test.x0 > 0, None, "seen")
        scored = asked(case_of(frame[:1500].assign(note="seen"), test=test, model=_reading(model), target="target"), Scored)
        wrong = model.predict(test.drop(columns=["target", "note"])) != test.target.to_numpy()

        assert np.array_equal(scored.wrong, wrong[scored.rows])


class TestCauses:
    """B22, B23, C5, F9, F11: what is concluded from a number."""

    def test_the_instrument_is_checked_before_everything_else(self):
        """The foot of the ladder is the ruler."""
        frame = table(1000)
        report = rung.diagnose(
            frame, test=frame.sample(frac=1.0, random_state=0), target="target", select="E101,D303,D304,D204", experiments=False
        )

        assert Rung.INSTRUMENT.height < min(each.height for each in Rung if each is not Rung.INSTRUMENT)
        assert report.findings[0].name in ("evaluated-on-training-data", "split-overlap")

    def test_a_low_score_by_noise_is_neither_underfitting_nor_leakage(self):
        """Every fifth label is wrong: a sound model that reaches the ceiling is not accused."""
        frame, rng = table(4000), np.random.default_rng(0)
        flipped = frame.assign(target=np.where(rng.random(4000) < 0.2, 1 - frame.target, frame.target))
        case = case_of(flipped[:2000], test=flipped[2000:].reset_index(drop=True), model=model_for(flipped[:2000]), target="target")

        assert [each for rule in ("underfitting", "target-leakage") for each in findings_of(rule, case) if each.weight] == []
        assert asked(case, LabelCeiling) is not None

    def test_every_score_in_the_report_has_an_interval(self):
        """Reported, honest, and of each model on the ladder."""
        frame = table(2000)
        report = rung.diagnose(
            frame[:1000], test=frame[1000:], model=model_for(frame[:1000]), target="target", select="E106,D304", budget=5
        )

        assert report.honest is not None
        assert report.honest.reported.low < report.honest.reported.value < report.honest.reported.high
        assert report.honest.value.low < report.honest.value.value < report.honest.value.high

    def test_a_forest_is_not_told_to_scale_its_columns(self):
        """A8: trees are blind to monotone rescaling; where a linear model beats a shallow forest the signal is additive."""
        rng = np.random.default_rng(0)
        x = rng.normal(size=(3000, 12))
        frame = pd.DataFrame(x * np.array([1e6, 1e-4] + [1.0] * 10), columns=[f"x{place}" for place in range(12)])
        frame["target"] = (x.sum(axis=1) + rng.logistic(size=3000) > 0).astype(int)
        forest = RandomForestClassifier(60, max_depth=3, random_state=0).fit(frame[:1500].drop(columns="target"), frame.target[:1500])
        case = case_of(frame[:1500], test=frame[1500:].reset_index(drop=True), model=forest, target="target")

        assert run_rule("unscaled-features", case)[0].reason.startswith("the model does not care about scale")
        assert any("linear" in each.message for each in findings_of("linear-beats-nonlinear", case))


def _reading(model):
    """The model asked with the columns that it knows."""
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline

    known = ["x0", "x1", "x2", "x3", "kind", "site"]
    return make_pipeline(
        make_column_transformer(("passthrough", known), verbose_feature_names_out=False).set_output(transform="pandas"), model
    ).fit(table(200).assign(note="seen").drop(columns="target"), table(200).target)
