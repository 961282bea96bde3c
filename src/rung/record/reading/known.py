"""What is known of libraries by name: which classes learn what, which methods choose rows, which calls work out statistics."""

from __future__ import annotations

import re
import zlib

import numpy as np

from rung.inputs.trace_parts import EstimatorKind

SIZES = {
    "load_iris": 150, "load_wine": 178, "load_breast_cancer": 569, "load_digits": 1797, "load_diabetes": 442, "load_linnerud": 20,
    "fetch_california_housing": 20640, "make_classification": 100, "make_regression": 100, "make_blobs": 100, "make_moons": 100,
}  # fmt: skip
N_UNKNOWN = 4000  # rows of a table of which nothing is known: enough for slices at numbers that people write

REGRESSORS = re.compile(
    r"Regressor|SVR$|^(Ridge|RidgeCV|Lasso\w*|ElasticNet\w*|LinearRegression|BayesianRidge|ARDRegression|Lars\w*|OrthogonalMatchingPursuit|"
    r"KernelRidge|PLSRegression|TweedieRegressor|OLS)$"
)
CLASSIFIERS = re.compile(
    r"Classifier|SVC$|NB$|^(LogisticRegression(CV)?|Perceptron|NearestCentroid|LinearDiscriminantAnalysis|QuadraticDiscriminantAnalysis|"
    r"LabelPropagation|LabelSpreading)$"
)
SEARCHES = re.compile(r"(GridSearchCV|RandomizedSearchCV|SearchCV|BayesSearchCV)$")
TRANSFORMER_MODULES = re.compile(
    r"preprocessing|impute|decomposition|feature_selection|feature_extraction|compose|random_projection|manifold|kernel_approximation|"
    r"category_encoders|feature_engine"
)
RANDOM = re.compile(
    r"RandomForest|ExtraTrees|^(MLP|SGD|KMeans|MiniBatch|Bagging|GradientBoosting|AdaBoost|DecisionTree|ExtraTree|IterativeImputer|TSNE|NMF|SMOTE|"
    r"BorderlineSMOTE|ADASYN|RandomOverSampler|RandomUnderSampler|ShuffleSplit|StratifiedShuffleSplit|GroupShuffleSplit)"
)
SPLITTERS = {
    "KFold": (5, False), "StratifiedKFold": (5, False), "GroupKFold": (5, False), "StratifiedGroupKFold": (5, False), "TimeSeriesSplit": (5, False),
    "RepeatedKFold": (5, True), "RepeatedStratifiedKFold": (5, True), "ShuffleSplit": (10, True), "StratifiedShuffleSplit": (10, True),
    "GroupShuffleSplit": (5, True), "LeaveOneOut": (5, False), "LeaveOneGroupOut": (5, False),
}  # fmt: skip

REDUCERS = frozenset(
    [
        "mean",
        "median",
        "std",
        "var",
        "min",
        "max",
        "quantile",
        "mode",
        "sum",
        "corr",
        "cov",
        "corrwith",
        "value_counts",
        "skew",
        "kurt",
        "sem",
        "nunique",
        "count",
        "idxmax",
        "idxmin",
        "nanmean",
        "nanstd",
        "nanmedian",
        "percentile",
        "average",
        "nanpercentile",
    ]
)
CHOOSERS = frozenset(
    [
        "dropna",
        "drop_duplicates",
        "query",
        "head",
        "tail",
        "sort_values",
        "sort_index",
        "nlargest",
        "nsmallest",
        "limit",
        "reindex",
        "drop_nulls",
        "unique",
        "truncate",
    ]
)
ORDERERS = frozenset(["sort_values", "sort_index", "sort"])
ASKERS = frozenset(  # methods whose answer is a mask
    [
        "isin",
        "is_in",
        "isna",
        "isnull",
        "notna",
        "is_null",
        "duplicated",
        "between",
        "eq",
        "ne",
        "lt",
        "gt",
        "ge",
        "le",
        "contains",
        "startswith",
        "endswith",
    ]
)
PAST = frozenset(["rolling", "expanding", "ewm", "shift", "diff", "cumsum", "cumprod", "cummax"])
SCORES_WANTED = frozenset(
    ["roc_auc_score", "average_precision_score", "log_loss", "brier_score_loss", "roc_curve", "precision_recall_curve"]
)
METRICS = re.compile(r"(_score|_error|_loss|_report|_matrix|_curve|_deviance|^auc|accuracy)$")


def estimator_kind(dotted: str) -> EstimatorKind | None:
    """What kind of estimator a class is, None for other names."""
    name = dotted.rpartition(".")[2]
    if not name[:1].isupper():
        return None
    if name.startswith("Dummy"):
        return "dummy"
    if SEARCHES.search(name):
        return "search"
    if "imblearn" in dotted and name != "Pipeline":
        return "sampler"
    if name in ("Pipeline", "TransformedTargetRegressor"):
        return "pipeline"
    if TRANSFORMER_MODULES.search(dotted.rpartition(".")[0]):
        return "transformer"
    if REGRESSORS.search(name):
        return "regressor"
    if CLASSIFIERS.search(name):
        return "classifier"
    return "clusterer" if ".cluster" in dotted else None


def library_of(dotted: str) -> str:
    """The first part of a dotted name."""
    return dotted.partition(".")[0]


def seed_of(text: str) -> np.random.Generator:
    """The same draw for the same text."""
    return np.random.default_rng(zlib.crc32(text.encode()))
