"""What the user's own source does with the numbers that it watches: read from the file of the loop, not run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rung.core.errors import Unavailable
from rung.core.finding import Where
from rung.core.marks import fact
from rung.inputs.history import History

MAX_BYTES = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSource:
    """Places in the files in which losses are computed, by line; empty where there are none.

    batch_means : a sum of loss values that is not weighted by rows and is divided by the number of batches.
    kept_hooks : hooks whose handle is thrown away.   late_norms : gradient norms read below a clipping in the same block.
    gradient_spread : an unbiased standard deviation taken of each gradient, whatever its size.
    """

    batch_means: tuple[Where, ...]
    kept_hooks: tuple[Where, ...]
    late_norms: tuple[Where, ...]
    gradient_spread: tuple[Where, ...]


@fact(cost="instant")
def loop_source(history: History) -> LoopSource:
    """Unavailable where no file of the loop can be read."""
    trees = loop_trees(history)
    found = [(name, *_look(tree)) for name, tree in trees.items()]
    return LoopSource(
        batch_means=tuple(Where(file=name, line=line) for name, means, *_ in found for line in means),
        kept_hooks=tuple(Where(file=name, line=line) for name, _, hooks, *_ in found for line in hooks),
        late_norms=tuple(Where(file=name, line=line) for name, _, _, norms, _ in found for line in norms),
        gradient_spread=tuple(Where(file=name, line=line) for name, _, _, _, spreads in found for line in spreads),
    )


def loop_trees(history: History) -> dict[str, ast.Module]:
    """The files of the loop, parsed, by name. Unavailable where none can be read."""
    names = {each.where.file for each in history.losses if each.where is not None}
    names |= {each.where.file for each in history.optimizers if each.where is not None}
    trees = {name: tree for name in sorted(names) if (tree := _parsed(name)) is not None}
    if not trees:
        raise Unavailable("the source of the loop is not at hand")
    return trees


@lru_cache(maxsize=16)
def _parsed(name: str) -> ast.Module | None:
    path = Path(name)
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError, ValueError):
        return None


def _look(tree: ast.Module) -> tuple[list[int], list[int], list[int], list[int]]:
    return _batch_means(tree), _kept_hooks(tree), _late_norms(tree), _gradient_spread(tree)


def _batch_means(tree: ast.Module) -> list[int]:
    """`total += loss.item()` and, for the same name, `total / len(loader)`."""
    sums = {
        each.target.id: each.lineno
        for each in ast.walk(tree)
        if isinstance(each, ast.AugAssign) and isinstance(each.op, ast.Add) and isinstance(each.target, ast.Name) and _is_item(each.value)
    }
    divided = {
        each.left.id
        for each in ast.walk(tree)
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Div) and isinstance(each.left, ast.Name) and _is_length(each.right)
    }
    return sorted(line for name, line in sums.items() if name in divided)


def _is_item(node: ast.expr) -> bool:
    """`something.item()`, not multiplied by a number of rows."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "item"


def _is_length(node: ast.expr) -> bool:
    """`len(loader)`: the length of a plain name; `len(loader.dataset)` counts rows and is right."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and isinstance(node.args[0], ast.Name)


def _kept_hooks(tree: ast.Module) -> list[int]:
    """`module.register_forward_hook(...)` as a statement of its own: nothing can remove it."""
    return sorted(
        each.lineno
        for each in ast.walk(tree)
        if isinstance(each, ast.Expr)
        and isinstance(each.value, ast.Call)
        and isinstance(each.value.func, ast.Attribute)
        and each.value.func.attr.startswith("register_")
        and each.value.func.attr.endswith("hook")
    )


def _late_norms(tree: ast.Module) -> list[int]:
    """Within one function or loop: a norm of `.grad` read below `clip_grad_...`."""
    found = set()
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.For | ast.While | ast.FunctionDef):
            continue
        clips = [each.lineno for each in ast.walk(scope) if isinstance(each, ast.Call) and _called(each).startswith("clip_grad_")]
        reads = [each.lineno for each in ast.walk(scope) if isinstance(each, ast.Call) and _called(each) == "norm" and _of_gradient(each)]
        found |= {line for line in reads if clips and line > min(clips)}
    return sorted(found)


def _gradient_spread(tree: ast.Module) -> list[int]:
    """`g.std()` where `g` is a gradient: of one entry it is NaN."""
    names = {
        target.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign) and ".grad" in ast.unparse(each.value)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    return sorted(
        each.lineno
        for each in ast.walk(tree)
        if isinstance(each, ast.Call)
        and _called(each) == "std"
        and not each.args
        and not each.keywords
        and isinstance(each.func, ast.Attribute)
        and (_of_gradient(each) or (isinstance(each.func.value, ast.Name) and each.func.value.id in names))
    )


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _of_gradient(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and ".grad" in ast.unparse(call.func.value)
