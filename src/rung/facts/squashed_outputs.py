"""Where the user's own source puts outputs of the model through a sigmoid or softmax: read from the files of the loop, not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from rung.core.finding import Where
from rung.core.marks import fact
from rung.facts.loop_source import loop_trees
from rung.inputs.history import History

SQUASHES = {"sigmoid": "sigmoid", "softmax": "softmax", "Sigmoid": "sigmoid", "Softmax": "softmax", "expit": "sigmoid"}
MARKS = frozenset(("parameters", "train", "eval", "state_dict", "zero_grad"))  # what a script asks of a module and of little else
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Squash:
    """One place. function : 'sigmoid' or 'softmax'.   model : the name that was called."""

    where: Where
    function: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SquashedOutputs:
    """All of them, by file and line."""

    places: tuple[Squash, ...]


@fact(cost="instant")
def squashed_outputs(history: History) -> SquashedOutputs:
    """Unavailable where no file of the loop can be read."""
    return SquashedOutputs(places=tuple(each for name, tree in loop_trees(history).items() for each in _places(name, tree)))


def _places(name: str, tree: ast.Module) -> Iterator[Squash]:
    models = {
        ast.unparse(each.func.value)
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in MARKS and not each.args
    }
    seen = set()
    for scope in ast.walk(tree):
        if isinstance(scope, Scope):
            for line, function, model in _in_scope(scope, models):
                if line not in seen:
                    seen.add(line)
                    yield Squash(where=Where(file=name, line=line), function=function, model=model)


def _in_scope(scope: Scope, models: set[str]) -> Iterator[tuple[int, str, str]]:
    """Squashes of a model's output, named in the same function or handed over at once. A name that holds other things too does not count."""
    own = list(_own(scope))
    held: dict[str, set[str]] = {}
    for each in own:
        if isinstance(each, ast.Assign) and len(each.targets) == 1 and isinstance(each.targets[0], ast.Name):
            held.setdefault(each.targets[0].id, set()).add(_model(each.value, models, {}))
    outputs = {name: next(iter(values)) for name, values in held.items() if len(values) == 1 and "" not in values}
    for each in own:
        if isinstance(each, ast.Call) and (function := SQUASHES.get(_name(each.func))) is not None:
            given = each.args[0] if each.args else each.func.value if isinstance(each.func, ast.Attribute) else None
            if given is not None and (model := _model(given, models, outputs)):
                yield each.lineno, function, model


def _own(scope: Scope) -> Iterator[ast.AST]:
    """What stands in a function itself, not in functions within it."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while waiting:
        each = waiting.pop()
        yield each
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(each)


def _model(node: ast.expr, models: set[str], outputs: dict[str, str]) -> str:
    """The model whose output an expression is, scaled or reshaped at most; '' for anything else."""
    if isinstance(node, ast.Name):
        return outputs.get(node.id, "")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Mult):
        return _model(node.left, models, outputs)
    if isinstance(node, ast.Call):
        if ast.unparse(node.func) in models:
            return ast.unparse(node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("squeeze", "flatten", "view", "reshape", "detach", "cpu", "float"):
            return _model(node.func.value, models, outputs)
    return ""


def _name(function: ast.expr) -> str:
    """'sigmoid' of torch.sigmoid, x.sigmoid, F.sigmoid and nn.Sigmoid()."""
    if isinstance(function, ast.Call):
        function = function.func
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
