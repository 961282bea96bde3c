"""Puts looks at NumPy arrays into the user's own files before they are compiled. Values, order of evaluation, line numbers and columns stay."""

from __future__ import annotations

import ast
from typing import Any

NAME = "_rung_observed"
MODULE = "rung.record.script.ops"
OPERATORS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
CHANCE = {
    "permutation",
    "shuffle",
    "choice",
    "permuted",
    "normal",
    "random",
    "uniform",
    "rand",
    "randn",
    "standard_normal",
    "integers",
    "randint",
    "sample",
    "choices",
}
METHODS = {
    "mean", "std", "var", "min", "max", "sum", "ptp", "copy", "astype", "reshape", "ravel", "flatten", "take", "squeeze", "clip", "round", "log",
    "log1p", "log2", "log10", "exp", "sqrt", "abs", "square", "maximum", "minimum", "toarray", "todense", "tocsr", "sign", "tanh", "expm1", "cbrt",
    "floor", "ceil", "power", "add", "subtract", "multiply", "divide", "tolist", "extend",
}  # fmt: skip
COMPILED_ELSEWHERE = {"numba", "jax", "tensorflow", "torch", "cupy", "taichi"}  # they read a function's code themselves
WALKS = {"enumerate", "zip", "tqdm"}  # what walks along its first argument
LOOKS_AT_NAMES = {"globals", "dir", "vars", "locals"}
HARMLESS_DECORATORS = {"staticmethod", "classmethod", "property", "lru_cache", "cache", "contextmanager", "wraps", "dataclass"}


def rewritten(tree: ast.Module, first_place: int) -> tuple[ast.Module, int]:
    """The tree with looks put in, and the next free number of a place. Files that list their own names are left alone."""
    names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if names & LOOKS_AT_NAMES:
        return tree, first_place
    work = Rewriter(first_place, whole=not imported(tree) & COMPILED_ELSEWHERE)
    tree = work.visit(tree)
    place = _after_the_head(tree.body)
    look = ast.Import(names=[ast.alias(name=MODULE, asname=NAME)])
    anchor = tree.body[place] if place < len(tree.body) else None
    tree.body.insert(place, ast.copy_location(look, anchor) if anchor is not None else look)
    return ast.fix_missing_locations(tree), work.place


def imported(tree: ast.Module) -> set[str]:
    """Top names of what the file imports."""
    found = {alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return found | {(node.module or "").partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}


def _after_the_head(body: list[ast.stmt]) -> int:
    """Where a statement may stand: after the docstring and the imports from __future__."""
    place = 0
    for number, each in enumerate(body):
        docstring = (
            number == 0 and isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
        )
        if docstring or (isinstance(each, ast.ImportFrom) and each.module == "__future__"):
            place = number + 1
    return place


class Rewriter(ast.NodeTransformer):
    """whole : also inside functions and classes.   loops : how many loops we are in, with the names that they count by."""

    def __init__(self, place: int, *, whole: bool) -> None:
        self.place, self.whole = place, whole
        self.loops: list[set[str]] = []
        self.row_by_row = 0  # comprehensions that we are in

    # -- left alone -------------------------------------------------------------------------------------------------------

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Called once a row, and short."""
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """What is printed changes nothing."""
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Only the value; annotations are for readers."""
        node.value = self.visit(node.value) if node.value is not None else None
        return node

    def visit_Match(self, node: Any) -> ast.AST:
        """Patterns are no expressions."""
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """The methods only."""
        if self.whole:
            node.body = [self.visit(each) if isinstance(each, ast.FunctionDef) else each for each in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """The body, where nothing else may want to read the function's code."""
        if self.whole and all(_name_of(each) in HARMLESS_DECORATORS for each in node.decorator_list):
            outer, self.loops = self.loops, []
            node.body = [self.visit(each) for each in node.body]
            self.loops = outer
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """No training happens there."""
        return node

    # -- loops ------------------------------------------------------------------------------------------------------------

    def visit_For(self, node: ast.For) -> ast.AST:
        """Numbers that count the loop pick single rows: not worth a look."""
        node.iter = self.visit(node.iter)
        self.loops.append(_counters(node.target, node.iter))
        node.body = [self.visit(each) for each in node.body]
        self.loops.pop()
        node.orelse = [self.visit(each) for each in node.orelse]
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Like a loop; a list with an entry for each row is looked at as a whole."""
        how, taken = _how(node)
        self._comprehension(node)
        if not how or self.row_by_row or len(self.loops) > 1:
            return node
        first = node.generators[0]
        walked = first.iter
        if isinstance(walked, ast.Call) and isinstance(walked.func, ast.Name) and walked.func.id in WALKS and walked.args:
            if isinstance(walked.args[0], ast.Starred):
                return node
            walked.args[0] = self._kept(walked.args[0], 0)
        else:
            first.iter = self._kept(walked, 0)
        looked = self._look("built", node, [node], how)
        looked.args += [] if taken is None else [_later(taken, node)]  # type: ignore[attr-defined]
        return looked

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """Like a loop."""
        return self._comprehension(node)

    def _comprehension(self, node: Any) -> ast.AST:
        self.loops.append({name for each in node.generators for name in _counters(each.target, each.iter)})
        self.row_by_row += 1
        self.generic_visit(node)
        self.row_by_row -= 1
        self.loops.pop()
        return node

    # -- looked at --------------------------------------------------------------------------------------------------------

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`X[key]`, where it is read."""
        self.generic_visit(node)
        single = isinstance(node.slice, ast.Name) and any(node.slice.id in names for names in self.loops)
        if not isinstance(node.ctx, ast.Load) or single or isinstance(node.slice, ast.Constant | ast.Starred):
            return node
        key = _key(node.slice)
        return node if key is None else self._look("item", node, [node.value, key])

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """`X - mean`, outside of nested loops."""
        self.generic_visit(node)
        name = OPERATORS.get(type(node.op))
        plain = isinstance(node.left, ast.Constant) or (isinstance(node.right, ast.Constant) and isinstance(node.left, ast.Constant))
        if name is None or plain or len(self.loops) > 1:
            return node
        node.left, node.right = self._kept(node.left, 0), self._kept(node.right, 1)
        return self._look("after", node, [node], name)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`predicted == truth`."""
        self.generic_visit(node)
        plain = isinstance(node.left, ast.Constant) or isinstance(node.comparators[0], ast.Constant)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq) or plain or len(self.loops) > 1:
            return node
        return self._look("eq", node, [node.left, *node.comparators])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`X.mean(axis=0)`, `rng.shuffle(X)`."""
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if isinstance(node.func, ast.Attribute) and name in CHANCE:
            node.func = self._look("method", node.func, [node.func])
        elif isinstance(node.func, ast.Attribute) and name in METHODS and self._simple(node):
            node.func.value = self._kept(node.func.value, 0)
            node.args = [self._kept(each, place) for place, each in enumerate(node.args, 1)]
            for each in node.keywords:
                each.value = self._kept(each.value, each.arg or "")
            return self._look("called", node, [node], name)
        return node

    def _simple(self, node: ast.Call) -> bool:
        stars = any(isinstance(each, ast.Starred) for each in node.args) or any(each.arg in (None, "inplace") for each in node.keywords)
        of_super = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call) and _name_of(node.func.value) == "super"
        grows = isinstance(node.func, ast.Attribute) and node.func.attr == "extend" and (bool(self.loops) or len(node.args) != 1)
        return not stars and not of_super and not grows and len(self.loops) < 2

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """`X -= mean`."""
        self.generic_visit(node)
        return self._into(node, node.target)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """`X[mask] = value`."""
        self.generic_visit(node)
        only = node.targets[0] if len(node.targets) == 1 else None
        return self._into(node, only) if isinstance(only, ast.Subscript) else node

    def _into(self, node: Any, target: ast.expr | None) -> ast.AST:
        base = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(base, ast.Name) and len(self.loops) < 2:
            node.value = self._look("stored", node.value, [node.value, ast.copy_location(ast.Name(id=base.id, ctx=ast.Load()), base)])
        return node

    def _kept(self, node: ast.expr, part: int | str) -> ast.expr:
        """The place is that of the `_look` to come."""
        return (
            node
            if isinstance(node, ast.Constant) and part == 0
            else _call("kept", node, [node, ast.Constant(self.place + 1), ast.Constant(part)])
        )

    def _look(self, name: str, node: ast.expr, arguments: list[ast.expr], *more: str) -> ast.expr:
        self.place += 1
        return _call(name, node, [*arguments, ast.Constant(self.place), *(ast.Constant(each) for each in more)])


def _how(node: ast.ListComp) -> tuple[str, ast.Name | None]:
    """('map' or 'filter', the name whose entries are taken by their places), ('', None) for what is not followed."""
    first, entry = node.generators[0], node.elt
    if (
        len(node.generators) > 1
        or first.is_async
        or any(isinstance(each, ast.NamedExpr | ast.Yield | ast.Await) for each in ast.walk(node))
    ):
        return "", None
    if first.ifs:
        same = isinstance(entry, ast.Name) and isinstance(first.target, ast.Name) and entry.id == first.target.id
        return ("filter" if same else ""), None
    by_place = (
        isinstance(entry, ast.Subscript)
        and isinstance(entry.value, ast.Name)
        and isinstance(entry.slice, ast.Name)
        and isinstance(first.target, ast.Name)
        and entry.slice.id == first.target.id != entry.value.id
    )
    return "map", ast.copy_location(ast.Name(id=entry.value.id, ctx=ast.Load()), node) if by_place else None  # type: ignore[attr-defined]


def _later(name: ast.Name, node: ast.expr) -> ast.Lambda:
    """The name, looked up only when asked for: where the list is empty the user's line does not look it up either."""
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.copy_location(ast.Lambda(args=nothing, body=name), node)


def _call(name: str, node: ast.expr, arguments: list[ast.expr]) -> ast.Call:
    look = ast.Attribute(value=ast.Name(id=NAME, ctx=ast.Load()), attr=name, ctx=ast.Load())
    call = ast.Call(func=look, args=arguments, keywords=[])
    for each in [*ast.walk(look), *(each for each in arguments if not hasattr(each, "lineno"))]:
        ast.copy_location(each, node)
    return ast.copy_location(call, node)


def _key(node: ast.expr) -> ast.expr | None:
    """The key as an expression of its own; None where it cannot be one."""
    if isinstance(node, ast.Slice):
        make = ast.Attribute(value=ast.Name(id=NAME, ctx=ast.Load()), attr="make_slice", ctx=ast.Load())
        parts = [each or ast.Constant(None) for each in (node.lower, node.upper, node.step)]
        return _located(ast.Call(func=make, args=parts, keywords=[]), node)
    if isinstance(node, ast.Tuple):
        parts = [_key(each) for each in node.elts]
        if any(each is None or isinstance(each, ast.Starred) for each in parts):
            return None
        return ast.copy_location(ast.Tuple(elts=parts, ctx=ast.Load()), node)  # type: ignore[arg-type]
    return None if isinstance(node, ast.Starred) else node


def _located(call: ast.Call, node: ast.expr) -> ast.Call:
    ast.copy_location(call, node)
    for each in ast.walk(call.func):
        ast.copy_location(each, node)
    for each in call.args:
        if not hasattr(each, "lineno"):
            ast.copy_location(each, node)
    return call


def _counters(target: ast.expr, node: ast.expr) -> set[str]:
    """Names in a loop's target that count: those of a range, the first of an enumeration."""
    if not isinstance(node, ast.Call):
        return set()
    name, inner = _name_of(node.func), node.args[0] if node.args else None
    if name in ("range", "trange"):
        return {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
    if name == "enumerate" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
        first = {target.elts[0].id} if isinstance(target.elts[0], ast.Name) else set()
        return first | (_counters(target.elts[1], inner) if inner is not None else set())
    return _counters(target, inner) if name == "tqdm" and inner is not None else set()


def _name_of(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
