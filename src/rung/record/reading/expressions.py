"""What an expression of a script stands for: the half of the interpreter that works out values, and enters the user's functions."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rung.record.reading import changes, frames
from rung.record.reading.values import (
    Data,
    Est,
    Func,
    Grouped,
    Klass,
    Method,
    Module,
    Obj,
    Places,
    Ref,
    Scope,
    Stat,
    Unknown,
    Window,
    inside,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rung.record.reading.writer import Writer

MAX_DEPTH = 12
CONSTANT = str | int | float | bool | bytes
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}  # fmt: skip


class Return(Exception):
    """A return statement of the script."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Expressions:
    """Mixed into the interpreter, whose other half reads statements and gives these."""

    library_call: Callable[[Any, Any, list[Any], dict[str, Any]], Any]
    out: Writer
    folder: Path
    entered: list[ast.AST]
    depth: int
    objects: int
    last_made: Any
    parts_taken: dict[int, list[str]]

    if TYPE_CHECKING:

        def block(self, body: list[ast.stmt], scope: Scope) -> None: ...
        def assign(self, target: ast.expr, value: Any, scope: Scope) -> None: ...
        def rounds(self, value: Any) -> list[Any]: ...

    # -- calls of the user's own ----------------------------------------------------------------------------------------------

    def call(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call anything."""
        if isinstance(function, Func):
            return self.enter(function, args, kwargs)
        if isinstance(function, Klass):
            return self.make(function, args, kwargs)
        return self.library_call(self, function, args, kwargs)

    def make(self, klass: Klass, args: list[Any], kwargs: dict[str, Any]) -> Obj:
        """An object of the user's class."""
        made = Obj(klass)
        init = self.attribute(made, "__init__")
        if isinstance(init, Func):
            self.enter(init, args, kwargs)
        else:
            fields = [each.target.id for each in klass.node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)]
            made.attributes.update(dict(zip(fields, args, strict=False)) | kwargs)
        return made

    def enter(self, function: Func, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """A function of the user's, read with these arguments."""
        if self.depth >= MAX_DEPTH or self.entered.count(function.node) > 1:
            return Unknown((*args, *kwargs.values()))
        scope = Scope(outer=function.scope)
        self.bind(function, args, kwargs, scope)
        self.depth += 1
        self.entered.append(function.node)
        self.out.file.append(function.file)
        self.out.function.append(getattr(function.node, "name", "<lambda>"))
        try:
            if isinstance(function.node, ast.Lambda):
                return self.value(function.node.body, scope)
            self.block(function.node.body, scope)
        except Return as back:
            return back.value
        finally:
            self.depth -= 1
            self.entered.pop()
            self.out.file.pop()
            self.out.function.pop()
        return None

    def bind(self, function: Func, args: list[Any], kwargs: dict[str, Any], scope: Scope) -> None:
        """Arguments to parameters."""
        spec = function.node.args
        names = [each.arg for each in (*spec.posonlyargs, *spec.args)]
        given = [function.bound, *args] if function.bound is not None else list(args)
        defaults = dict(zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True))
        defaults |= {each.arg: value for each, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if value is not None}
        for name, value in defaults.items():
            scope.names[name] = self.value(value, function.scope)
        scope.names |= dict(zip(names, given, strict=False)) | kwargs
        if spec.vararg is not None:
            scope.names[spec.vararg.arg] = given[len(names) :]
        if spec.kwarg is not None:
            scope.names[spec.kwarg.arg] = {name: value for name, value in kwargs.items() if name not in names}

    # -- expressions ----------------------------------------------------------------------------------------------------------

    def value(self, node: ast.expr | None, scope: Scope) -> Any:
        """What an expression stands for."""
        if node is None:
            return None
        self.out.place.append(node)
        try:
            return self._value(node, scope)
        finally:
            self.out.place.pop()

    def _value(self, node: ast.expr, scope: Scope) -> Any:  # noqa: C901, PLR0912 - one arm a kind of expression
        match node:
            case ast.Constant(value):
                return value
            case ast.Name(name):
                found = scope.get(name)
                return Ref(f"builtins.{name}") if found is None and name not in scope.names else found
            case ast.Attribute(owner, name):
                return self.attribute(self.value(owner, scope), name)
            case ast.Call(function, args, keywords):
                called = self.value(function, scope)
                return self.call(called, self.arguments(args, scope), self.keywords(keywords, scope))
            case ast.Subscript(owner, key):
                return frames.subscript(self, self.value(owner, scope), key, scope)
            case ast.BinOp(left, op, right):
                return self.binary(self.value(left, scope), op, self.value(right, scope))
            case ast.UnaryOp(op, operand):
                return changes.unary(self, op, self.value(operand, scope))
            case ast.Compare(left, ops, comparators):
                return changes.compare(self, node, self.value(left, scope), ops[0], [self.value(each, scope) for each in comparators])
            case ast.BoolOp(_, values):
                seen = [self.value(each, scope) for each in values]
                return Unknown(tuple(seen))
            case ast.IfExp(_, body, orelse):
                first, second = self.value(body, scope), self.value(orelse, scope)
                return first if inside(first) or second is None else second
            case ast.List(parts) | ast.Tuple(parts) | ast.Set(parts):
                return self.arguments(parts, scope)
            case ast.Dict(keys, values):
                return {self.hashable(key, scope): self.value(each, scope) for key, each in zip(keys, values, strict=True)}
            case ast.ListComp(element, generators) | ast.GeneratorExp(element, generators) | ast.SetComp(element, generators):
                return self.comprehension([element], generators, scope)
            case ast.DictComp(key, value, generators):
                return dict(enumerate(self.comprehension([value], generators, scope)))
            case ast.Lambda():
                return Func(node, scope, self.out.file[-1])
            case ast.NamedExpr(target, value):
                made = self.value(value, scope)
                self.assign(target, made, scope)
                return made
            case ast.Await(inner) | ast.Starred(inner) | ast.YieldFrom(inner):
                return self.value(inner, scope)
            case ast.JoinedStr(parts):
                return Unknown(tuple(self.value(each.value, scope) for each in parts if isinstance(each, ast.FormattedValue)))
            case _:
                return Unknown()

    def hashable(self, node: ast.expr | None, scope: Scope) -> Any:
        """A dictionary's key."""
        value = self.value(node, scope)
        return value if isinstance(value, CONSTANT) or value is None else str(id(node))

    def arguments(self, nodes: list[ast.expr], scope: Scope) -> list[Any]:
        """Values of a list of expressions; starred ones are opened."""
        found: list[Any] = []
        for each in nodes:
            value = changes.column_of(self, self.value(each, scope))
            found.extend(value if isinstance(each, ast.Starred) and isinstance(value, list | tuple) else [value])
        return found

    def keywords(self, nodes: list[ast.keyword], scope: Scope) -> dict[str, Any]:
        """Keyword arguments; ** of a known dictionary is opened."""
        found: dict[str, Any] = {}
        for each in nodes:
            value = changes.column_of(self, self.value(each.value, scope))
            if each.arg is not None:
                found[each.arg] = value
            elif isinstance(value, dict):
                found |= {str(name): one for name, one in value.items()}
        return found

    def comprehension(self, elements: list[ast.expr], generators: list[ast.comprehension], scope: Scope) -> list[Any]:
        """A few rounds of a comprehension."""
        inner = Scope(outer=scope)
        found: list[Any] = []
        first = generators[0]
        source = self.value(first.iter, scope)
        names = isinstance(source, list) and all(isinstance(each, str) for each in source)
        for each in source[:200] if names else self.rounds(source):  # type: ignore[index]
            self.assign(first.target, each, inner)
            for rest in generators[1:]:
                for one in self.rounds(self.value(rest.iter, inner))[:1]:
                    self.assign(rest.target, one, inner)
            passed = [self.value(test, inner) for generator in generators for test in generator.ifs]
            if not any(test is False for test in passed):
                found += [self.value(element, inner) for element in elements]
        return found

    def binary(self, left: Any, op: ast.operator, right: Any) -> Any:
        """Arithmetic: of constants it is done, of tables it keeps the rows."""
        if isinstance(left, int | float | str) and isinstance(right, int | float | str):
            try:
                return OPERATORS[type(op)](left, right)
            except (KeyError, TypeError, ZeroDivisionError, ValueError):
                return Unknown()
        if isinstance(left, list) and isinstance(right, list) and isinstance(op, ast.Add):
            return left + right
        if isinstance(left, list) and isinstance(right, int) and isinstance(op, ast.Mult):
            return left * max(0, min(right, 3))  # as often as it takes to see that there are copies
        return changes.arithmetic(self, op, left, right)

    def attribute(self, owner: Any, name: str) -> Any:
        """owner.name."""
        match owner:
            case Ref():
                return Ref(f"{owner.dotted}.{name}")
            case Module():
                return owner.names.get(name, Unknown())
            case Obj():
                if name in owner.attributes:
                    return owner.attributes[name]
                return self.member(owner, owner.klass, name)
            case Klass():
                found = self.member(None, owner, name)
                return found if found is not None else Unknown()
            case Data():
                return frames.attribute(self, owner, name)
            case Method() if isinstance(owner.owner, Data) and owner.name not in changes.VIEWS:
                return self.attribute(frames.column(self, owner.owner, owner.name), name)
            case Est() if name.endswith("_") and owner.fits:
                return Stat(frozenset(owner.fits[-1:]))
            case Est() | Grouped() | Window() | Stat() | Places() | list() | dict() | str() | tuple():
                return Method(owner, name)
            case _:
                return Method(owner, name)

    def member(self, owner: Obj | None, klass: Klass | None, name: str) -> Any:
        """A method or class attribute, also of base classes of the user's."""
        waiting = [klass] if klass is not None else []
        while waiting:
            each = waiting.pop(0)
            if name in each.scope.names:
                found = each.scope.names[name]
                static = isinstance(found, Func) and any(
                    isinstance(d, ast.Name) and d.id == "staticmethod" for d in getattr(found.node, "decorator_list", [])
                )
                if isinstance(found, Func) and owner is not None and not static:
                    bound = Func(found.node, found.scope, found.file, owner)
                    prop = any(
                        isinstance(d, ast.Name) and d.id in ("property", "cached_property")
                        for d in getattr(found.node, "decorator_list", [])
                    )
                    return self.enter(bound, [], {}) if prop else bound
                return found
            waiting += [base for base in each.bases if isinstance(base, Klass)]
        return Method(owner, name) if owner is not None else None
