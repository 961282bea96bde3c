"""Which functions of SciPy are observed."""

from __future__ import annotations

from types import ModuleType

from rung.record.script.recorder import Spec
from rung.record.script.statistics import associated, rescaled
from rung.record.script.wrap import Installer

ASSOCIATIONS = ("pearsonr", "spearmanr", "kendalltau", "pointbiserialr", "ttest_ind", "ks_2samp", "kruskal", "f_oneway", "mannwhitneyu",
                "chi2_contingency")  # fmt: skip


def attach(module: ModuleType, install: Installer) -> None:
    """Scores in standard deviations, and how one thing goes with another."""
    for name in ("zscore", "gzscore"):
        install.function(module, name, Spec("reduce", f"scipy.stats.{name}", rescaled))
    for name in ASSOCIATIONS:
        install.function(module, name, Spec("reduce", f"scipy.stats.{name}", associated))
