"""The metrics that a contract may declare, under one usual name each, and what each of them needs and overlooks."""

from __future__ import annotations

USUAL = {
    "accuracy": ("accuracy",),
    "balanced accuracy": ("balancedaccuracy",),
    "ROC AUC": ("rocauc", "auc", "gini", "normalisedgini"),
    "macro ROC AUC": ("aucmacro", "macrorocauc"),
    "average precision": ("averageprecision", "prauc"),
    "F1": ("f1", "fbeta"),
    "macro F1": ("macrof1", "weightedf1", "microf1", "f1macro", "f1weighted", "f1micro"),
    "precision": ("precision",),
    "recall": ("recall", "specificity"),
    "log loss": ("logloss",),
    "Brier score": ("brier", "calibrationerror"),
    "R2": ("r2", "explainedvariance"),
    "RMSE": ("rmse", "mse", "rootmeansquarederror", "meansquarederror"),
    "MAE": ("mae", "meanabsoluteerror"),
    "median error": ("medianerror", "medianabsoluteerror"),
    "MAPE": ("mape", "smape"),
    "cost": ("cost",),
}
OF_NUMBERS = frozenset({"R2", "RMSE", "MAE", "median error", "MAPE"})
OF_SCORES = frozenset({"ROC AUC", "macro ROC AUC", "average precision", "log loss", "Brier score"})
OF_CALLS = frozenset({"accuracy", "balanced accuracy", "F1", "macro F1", "precision", "recall"})
SHIFT_WITH_PREVALENCE = frozenset({"accuracy", "precision", "F1", "average precision", "log loss", "Brier score"})

HIDES = {
    "accuracy": "weighs a miss and a false alarm alike and is ruled by the frequent class",
    "balanced accuracy": "weighs the classes alike, whatever their errors cost, at one threshold only",
    "ROC AUC": "ranks only: it sees neither the threshold nor whether probabilities are true, and counts all false-alarm rates alike",
    "macro ROC AUC": "ranks only: it sees neither the calls nor whether probabilities are true",
    "average precision": "moves with the share of positives and weighs the top scores most; it is no better under imbalance as such",
    "F1": "ignores true negatives and depends on the threshold and on which class is called positive",
    "macro F1": "depends on the threshold and counts a class of ten rows as much as one of ten thousand",
    "precision": "says nothing of what was missed and moves with the share of positives",
    "recall": "says nothing of the false alarms that it costs",
    "log loss": "is ruled by certain mistakes and says nothing of a decision's cost",
    "Brier score": "mixes ranking and calibration; under a rare class nearly everything looks small",
    "R2": "compares with the mean of these rows: another spread of the target gives another number for the same errors",
    "RMSE": "is ruled by the largest errors",
    "MAE": "says nothing of rare large errors and rewards the median",
    "median error": "is blind to the worse half of the rows",
    "MAPE": "explodes near zero and rewards predictions that are too low",
    "cost": "is as right as the costs and the share of positives behind it",
}


def spoken(name: str | None) -> str | None:
    """The usual name of a declared metric ('neg_log_loss' -> 'log loss'); the name itself where it has none; None for none."""
    if name is None:
        return None
    plain = "".join(letter for letter in name.lower().removeprefix("neg_").removesuffix("_score") if letter.isalnum())
    return next((usual for usual, words in USUAL.items() if plain in words), name)
