"""An edit: a step that stood before a cross-validation becomes part of the model that is cross-validated."""

from __future__ import annotations

import ast

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
