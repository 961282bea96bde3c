"""Walks a script's statements with symbolic values: every branch is taken, loops go round a few times, the user's functions are entered."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rung.inputs.trace import Script
from rung.record.reading import frames
from rung.record.reading.values import (
    Data,
    Est,
    Folds,
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
from rung.record.reading.writer import Writer

MAX_DEPTH = 12
ROUNDS = 8  # of a loop over known values
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


class Interpreter:
    """Reads modules. `call` is what happens where something of a library is called (see `calls.py`)."""

    def __init__(self, folder: Path, call: Callable[[Interpreter, Any, list[Any], dict[str, Any]], Any]) -> None:
        self.folder, self.library_call = folder, call
        self.out = Writer()
        self.modules: dict[str, Module | None] = {}
        self.depth = 0
        self.objects = 0
        self.entered: list[ast.AST] = []
        self.last_made: Any = None
        self.parts_taken: dict[int, list[str]] = {}

    # -- modules ------------------------------------------------------------------------------------------------------------

    def module(self, text: str, path: str, cells: tuple[int, ...] = (), name: str = "__main__") -> Scope:
        """Read one module of the user's."""
        self.out.scripts[path] = Script(path=path, text=text, cells=cells)
        scope = Scope({"__name__": name, "__file__": path})
        self.out.file.append(path)
        self.block(ast.parse(text).body, scope)
        self.out.file.pop()
        return scope

    def project_module(self, name: str, path: str = "") -> Module | None:
        """A module beside the script, read once; None for libraries."""
        if name not in self.modules:
            self.modules[name] = None
            base = self.folder.joinpath(*name.split("."))
            file = next((each for each in (base.with_suffix(".py"), base / "__init__.py") if each.is_file()), None)
            if file is not None:
                try:
                    shown = str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)
                    self.modules[name] = Module(self.module(file.read_text(encoding="utf-8"), shown, name=name).names)
                except (SyntaxError, ValueError):
                    return None
        return self.modules[name]

    # -- statements ---------------------------------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt], scope: Scope) -> None:
        """Statements in order."""
        for each in body:
            self.out.place.append(each)
            try:
                self.statement(each, scope)
            finally:
                self.out.place.pop()

    def statement(self, node: ast.stmt, scope: Scope) -> None:  # noqa: C901, PLR0912 - one arm a kind of statement
        """One statement. Every branch is taken, one after the other."""
        match node:
            case ast.Expr(value):
                self.value(value, scope)
            case ast.Assign(targets, value):
                made = self.value(value, scope)
                for target in targets:
                    self.assign(target, made, scope)
            case ast.AnnAssign(target, _, value) if value is not None:
                self.assign(target, self.value(value, scope), scope)
            case ast.AugAssign(target, op, value):
                made = self.binary(self.value(target, scope), op, self.value(value, scope))
                self.assign(target, made, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope.names[node.name] = Func(node, scope, self.out.file[-1])
            case ast.ClassDef():
                scope.names[node.name] = self.klass(node, scope)
            case ast.Return(value):
                raise Return(self.value(value, scope) if value is not None else None)
            case ast.If(test, body, orelse):
                self.branch(self.value(test, scope), body, orelse, scope)
            case ast.For(target, iterable, body, orelse) | ast.AsyncFor(target, iterable, body, orelse):
                for each in self.rounds(self.value(iterable, scope)):
                    self.assign(target, each, scope)
                    self.block(body, scope)
                self.block(orelse, scope)
            case ast.While(test, body, orelse):
                self.value(test, scope)
                self.block(body, scope)
                self.block(orelse, scope)
            case ast.With(items, body) | ast.AsyncWith(items, body):
                for item in items:
                    opened = self.value(item.context_expr, scope)
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, opened, scope)
                self.block(body, scope)
            case ast.Try(body, _, orelse, final):
                self.block(body, scope)
                self.block(orelse, scope)
                self.block(final, scope)
            case ast.Import(names):
                for name in names:
                    self.import_name(name, scope)
            case ast.ImportFrom(module, names, level):
                self.import_from(module or "", names, level, scope)
            case ast.Delete(targets):
                for target in targets:
                    frames.delete(self, target, scope)
            case _:
                return

    def branch(self, test: Any, body: list[ast.stmt], orelse: list[ast.stmt], scope: Scope) -> None:
        """Only the one arm where the test is known; else both, and a return in the first does not hide the second."""
        if isinstance(test, bool):
            self.block(body if test else orelse, scope)
            return
        try:
            self.block(body, scope)
        except Return:
            if not orelse:
                return
        self.block(orelse, scope)

    def import_name(self, alias: ast.alias, scope: Scope) -> None:
        """import a.b as c."""
        found = self.project_module(alias.name)
        if alias.asname or found is not None:
            scope.names[alias.asname or alias.name.split(".")[0]] = found or Ref(alias.name)
        else:
            scope.names[alias.name.split(".")[0]] = Ref(alias.name.split(".")[0])

    def import_from(self, module: str, names: list[ast.alias], level: int, scope: Scope) -> None:
        """from a import b as c."""
        found = self.project_module(module) if module else None
        for alias in names:
            if found is not None and alias.name == "*":
                scope.names.update(found.names)
            elif found is not None:
                scope.names[alias.asname or alias.name] = found.names.get(alias.name, Unknown())
            else:
                inner = self.project_module(f"{module}.{alias.name}".strip(".")) if level or not module else None
                scope.names[alias.asname or alias.name] = inner or Ref(f"{module}.{alias.name}")

    def klass(self, node: ast.ClassDef, scope: Scope) -> Klass:
        """A class: its body is read in a scope of its own."""
        inner = Scope(outer=scope)
        self.block(node.body, inner)
        return Klass(node, inner, self.out.file[-1], [self.value(base, scope) for base in node.bases])

    def rounds(self, value: Any) -> list[Any]:
        """What a loop goes over, a few of them."""
        if isinstance(value, Folds):
            return list(value.pairs)[:3]
        if isinstance(value, dict):
            return list(value)[:ROUNDS]
        if isinstance(value, list | tuple | range | str):
            return list(value)[:ROUNDS]
        return [Unknown((value,))] if not isinstance(value, Data) else [Unknown()]

    # -- assignment ---------------------------------------------------------------------------------------------------------

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Bind a value to a target."""
        match target:
            case ast.Name(name):
                scope.names[name] = value
            case ast.Tuple(parts) | ast.List(parts):
                self.unpack(parts, value, scope)
            case ast.Starred(inner):
                self.assign(inner, value, scope)
            case ast.Attribute(owner, name):
                held = self.value(owner, scope)
                if isinstance(held, Obj):
                    held.attributes[name] = value
                elif isinstance(held, Data):
                    frames.write_columns(self, owner, held, (name,), value, scope)
            case ast.Subscript(owner, key):
                frames.write(self, owner, self.value(owner, scope), key, value, scope)

    def unpack(self, parts: list[ast.expr], value: Any, scope: Scope) -> None:
        """a, b = value."""
        if isinstance(value, list | tuple) and len(value) >= len(parts):
            for each, part in zip(parts, value, strict=False):
                self.assign(each, part, scope)
            return
        for each in parts:
            self.assign(each, value if isinstance(value, Stat | Unknown) else Unknown((value,)), scope)

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
                return frames.unary(self, op, self.value(operand, scope))
            case ast.Compare(left, ops, comparators):
                return frames.compare(self, node, self.value(left, scope), ops[0], [self.value(each, scope) for each in comparators])
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
            value = self.value(each, scope)
            found.extend(value if isinstance(each, ast.Starred) and isinstance(value, list | tuple) else [value])
        return found

    def keywords(self, nodes: list[ast.keyword], scope: Scope) -> dict[str, Any]:
        """Keyword arguments; ** of a known dictionary is opened."""
        found: dict[str, Any] = {}
        for each in nodes:
            value = self.value(each.value, scope)
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
        for each in self.rounds(self.value(first.iter, scope)):
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
        return frames.arithmetic(self, op, left, right)

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


def seed_of(text: str) -> np.random.Generator:
    """The same draw for the same text."""
    import zlib

    return np.random.default_rng(zlib.crc32(text.encode()))
