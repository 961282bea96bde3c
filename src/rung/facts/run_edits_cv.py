"""An edit: a step that stood before a cross-validation becomes part of the model that is cross-validated."""

from __future__ import annotations

import ast
import re

from rung.facts.run_edits_tree import Tree, with_import

CROSS = ("cross_val_score", "cross_validate", "cross_val_predict")


def into_pipeline(tree: Tree, act: ast.Assign, step: str, made: list[str], raw: list[str], module: str) -> str | None:
    """The act is left out; the call that cross-validates gets make_pipeline(step, model) and the raw rows."""
    found = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Call)
        and tree.name(each) in CROSS
        and each.lineno > act.lineno
        and len(each.args) > 1
        and ast.unparse(each.args[1]) == made[0]
    ]
    if len(found) != 1 or found[0].end_lineno != found[0].lineno:
        return None
    call = found[0]
    spans = [tree.span(each) for each in call.args]
    if any(each is None for each in spans):
        return None
    back = dict(zip(made, raw, strict=True))
    words = [ast.unparse(each) for each in call.args]
    new = [f"make_pipeline({step}, {words[0]})", *(back.get(each, each) for each in words[1:])]
    text = tree.lines[call.lineno - 1]
    for span, word in reversed(list(zip(spans, new, strict=True))):
        assert span is not None
        text = text[: span[0]] + word + text[span[1] :]
    if set(back) & {
        each.id
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.lineno > call.lineno
    }:
        return None  # the result is used further down
    lines = list(tree.lines)
    lines[call.lineno - 1] = text
    del lines[act.lineno - 1 : act.end_lineno]
    return with_import("\n".join(lines) + "\n", module, "make_pipeline")


def search_pipeline(tree: Tree, act: ast.Assign, step: str, made: str, raw: str) -> str | None:
    """search = GridSearchCV(model, {...}); search.fit(made, y): the search tries make_pipeline(step, model) on the raw rows."""
    searches = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Call) and tree.name(each) in ("GridSearchCV", "RandomizedSearchCV") and len(each.args) > 1
    ]
    fits = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Call)
        and tree.name(each) == "fit"
        and each.lineno > act.lineno
        and each.args
        and ast.unparse(each.args[0]) == made
    ]
    model, grid = searches[0].args[:2] if len(searches) == 1 else (None, None)
    if model is None or len(fits) != 1 or not isinstance(grid, ast.Dict):
        return None
    kind = (
        tree.name(model)
        if isinstance(model, ast.Call)
        else next((tree.name(each.value) for each in tree.assigned(ast.unparse(model)) if isinstance(each.value, ast.Call)), "")
    )
    keys = [each.value for each in grid.keys if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    holder, fitting = tree.statement(searches[0].lineno), tree.statement(fits[0].lineno)
    if not kind or len(keys) != len(grid.keys) or holder is None or fitting is None or holder is fitting:
        return None
    words = ", ".join(f'"{kind.lower()}__{key}": {ast.unparse(value)}' for key, value in zip(keys, grid.values, strict=True))
    text = ast.unparse(holder).replace(
        f"({ast.unparse(model)}, {ast.unparse(grid)}", f"(make_pipeline({step}, {ast.unparse(model)}), {{{words}}}", 1
    )
    fitted = ast.unparse(fitting).replace(f".fit({made}", f".fit({raw}", 1)
    return with_import(tree.rewritten({act: [], holder: [text], fitting: [fitted]}), "sklearn.pipeline", "make_pipeline")


def as_step(tree: Tree, act: ast.Assign | None) -> str | None:
    """X = X.fillna(X.median()), X = (X - X.mean()) / X.std() before a cross-validation: the step of the same meaning, in a pipeline."""
    text = ast.unparse(act) if act is not None else ""
    filled = re.fullmatch(r"(\w+) = \1\.fillna\(\1\.(mean|median)\(.*?\)\)", text)
    scaled = re.fullmatch(r"(\w+) = \(\1 - \1\.mean\(.*?\)\) / \1\.std\(.*?\)", text)
    found = filled or scaled
    if act is None or found is None:
        return None
    step, module = (f'SimpleImputer(strategy="{found[2]}")', "sklearn.impute") if filled else ("StandardScaler()", "sklearn.preprocessing")
    piped = into_pipeline(tree, act, step, [found[1]], [found[1]], "sklearn.pipeline")
    return with_import(piped, module, step.partition("(")[0]) if piped else None


def own_folds(tree: Tree) -> str | None:
    """encoder.fit(A, y); encoder.transform(A) becomes encoder.fit_transform(A, y)."""
    for each in tree.statements():
        call = each.value if isinstance(each, ast.Expr) else None
        if not isinstance(call, ast.Call) or tree.name(call) != "fit" or len(call.args) != 2 or not isinstance(call.func, ast.Attribute):
            continue
        owner, rows = ast.unparse(call.func.value), ast.unparse(call.args[0])
        text = f"{owner}.transform({rows})"
        users = [one for one in tree.statements() if one.lineno > each.lineno and text in ast.unparse(one)]
        if len(users) == 1:
            new = ast.unparse(users[0]).replace(text, f"{owner}.fit_transform({rows}, {ast.unparse(call.args[1])})")
            return tree.rewritten({each: [], users[0]: [new]})
    return None
