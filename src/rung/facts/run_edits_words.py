"""Edits of one word: the regressor for amounts, more iterations, values without labels, a score that the rare class moves."""

from __future__ import annotations

import ast
import re

from rung.facts.run_edits_tree import Tree, whole_line, with_import

AMOUNTS = re.compile(
    r"\b(mean_absolute_error|mean_squared_error|root_mean_squared_error|r2_score|median_absolute_error|mean_absolute_percentage_error)\b"
)
OF_CLASSES = re.compile(
    r"\b(accuracy_score|f1_score|roc_auc_score|classification_report|predict_proba|class_weight|criterion|confusion_matrix)\b"
)
AT_LEAST, UNTOLD = 1_000, 10_000  # iterations where some were given, and where the default was too small


def regressor_for_amounts(tree: Tree, name: str) -> str | None:
    """TreeClassifier becomes TreeRegressor, in a script whose scores are those of amounts."""
    other = name.replace("Classifier", "Regressor") if name.endswith("Classifier") else {"SVC": "SVR", "LinearSVC": "LinearSVR"}.get(name)
    modules = [
        each.module for each in tree.root.body if isinstance(each, ast.ImportFrom) and any(alias.name == name for alias in each.names)
    ]
    if other is None or not modules or modules[0] is None or OF_CLASSES.search(tree.text) or not AMOUNTS.search(tree.text):
        return None
    text = "\n".join(line if re.match(r"\s*(from|import)\b", line) else re.sub(rf"\b{name}\(", f"{other}(", line) for line in tree.lines)
    return with_import(text + "\n", modules[0], other)


def classifier_for_classes(tree: Tree, name: str) -> str | None:
    """TreeRegressor becomes TreeClassifier, in a script whose scores are those of classes."""
    other = (
        name.replace("Regressor", "Classifier")
        if name.endswith("Regressor")
        else {"SVR": "SVC", "LinearSVR": "LinearSVC", "LinearRegression": "LogisticRegression"}.get(name)
    )
    modules = [
        each.module for each in tree.root.body if isinstance(each, ast.ImportFrom) and any(alias.name == name for alias in each.names)
    ]
    if other is None or AMOUNTS.search(tree.text) or not OF_CLASSES.search(tree.text):
        return None
    text = "\n".join(line if re.match(r"\s*(from|import)\b", line) else re.sub(rf"\b{name}\(", f"{other}(", line) for line in tree.lines)
    return with_import(text + "\n", modules[0], other) if modules and modules[0] is not None else text + "\n"


def other_positive(tree: Tree, line: int, label: str, others: tuple[str, ...]) -> str | None:
    """pos_label="ok" becomes the other label."""
    statement = tree.statement(line)
    words = (
        [word for each in ast.walk(statement) if isinstance(each, ast.Call) for word in each.keywords if word.arg == "pos_label"]
        if statement is not None
        else []
    )
    span = tree.span(words[0].value) if len(words) == 1 else None
    if span is None or len(others) != 1 or not isinstance(words[0].value, ast.Constant) or str(words[0].value.value) != label:
        return None
    new = f'"{others[0]}"' if isinstance(words[0].value.value, str) else others[0]
    text = tree.lines[words[0].value.lineno - 1]
    return whole_line(tree, words[0].value.lineno, text[: span[0]] + new + text[span[1] :])


def balanced_folds(tree: Tree, line: int) -> str | None:
    """cross_val_score(...) without scoring, or by accuracy, is scored by balanced accuracy."""
    call = next((found for name in ("cross_val_score", "cross_validate") if (found := tree.call(line, name)) is not None), None)
    if call is None or call.end_lineno is None or call.end_col_offset is None:
        return None
    told = next((each.value for each in call.keywords if each.arg == "scoring"), None)
    if told is None:
        raw = tree.lines[call.end_lineno - 1].encode()
        end = call.end_col_offset - 1
        return whole_line(tree, call.end_lineno, (raw[:end] + b', scoring="balanced_accuracy"' + raw[end:]).decode())
    span = tree.span(told)
    if span is None or not isinstance(told, ast.Constant) or told.value != "accuracy":
        return None
    text = tree.lines[told.lineno - 1]
    return whole_line(tree, told.lineno, f'{text[: span[0]]}"balanced_accuracy"{text[span[1] :]}')


def more_iterations(tree: Tree, line: int, name: str) -> str | None:
    """A larger max_iter, where the estimator is made in one place."""
    made = [each for each in ast.walk(tree.root) if isinstance(each, ast.Call) and tree.name(each) == name and each.lineno <= line]
    if len(made) != 1 or made[0].end_lineno != made[0].lineno or made[0].end_col_offset is None:
        return None
    given = next((each.value for each in made[0].keywords if each.arg == "max_iter"), None)
    text = tree.lines[made[0].lineno - 1]
    if given is None:
        end = len(text.encode()[: made[0].end_col_offset - 1].decode())
        comma = "" if text[:end].rstrip().endswith(("(", ",")) else ", "
        return whole_line(tree, made[0].lineno, f"{text[:end]}{comma}max_iter={UNTOLD}{text[end:]}")
    span = tree.span(given)
    if span is None or not isinstance(given, ast.Constant) or not isinstance(given.value, int):
        return None
    return whole_line(tree, made[0].lineno, f"{text[: span[0]]}{max(AT_LEAST, 10 * given.value)}{text[span[1] :]}")


def without_labels(tree: Tree, line: int) -> str | None:
    """df["c"] = series becomes df["c"] = series.to_numpy(): the rows are in order, their labels are not."""
    act = tree.assignment(line)
    plain = (
        act is not None and isinstance(act.targets[0], ast.Subscript) and isinstance(act.value, ast.Name) and act.lineno == act.end_lineno
    )
    span = tree.span(act.value) if act is not None and plain else None
    if span is None:
        return None
    text = tree.lines[line - 1]
    return whole_line(tree, line, f"{text[: span[1]]}.to_numpy(){text[span[1] :]}")


def balanced(tree: Tree, line: int) -> str | None:
    """accuracy_score becomes balanced_accuracy_score."""
    call = tree.call(line, "accuracy_score")
    if call is None or not isinstance(call.func, ast.Name) or call.keywords:
        return None
    text = re.sub(r"\baccuracy_score\(", "balanced_accuracy_score(", tree.lines[line - 1])
    return with_import(whole_line(tree, line, text), "sklearn.metrics", "balanced_accuracy_score")
