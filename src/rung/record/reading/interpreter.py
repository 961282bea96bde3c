"""Walks a script's statements with symbolic values: every branch is taken, loops go round a few times, the user's functions are entered."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rung.inputs.trace import Script
from rung.record.reading import changes
from rung.record.reading.expressions import Expressions, Return
from rung.record.reading.values import (
    Data,
    Folds,
    Func,
    Klass,
    Module,
    Obj,
    Ref,
    Scope,
    Stat,
    Unknown,
)
from rung.record.reading.writer import Writer

ROUNDS = 8  # of a loop over known values


class Interpreter(Expressions):
    """Reads modules. `call` is what happens where something of a library is called (see `calls.py`)."""

    def __init__(self, folder: Path, call: Callable[[Any, Any, list[Any], dict[str, Any]], Any]) -> None:
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
                    changes.delete(self, target, scope)
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
                    changes.write_columns(self, owner, held, (name,), value, scope)
            case ast.Subscript(owner, key):
                changes.write(self, owner, self.value(owner, scope), key, value, scope)

    def unpack(self, parts: list[ast.expr], value: Any, scope: Scope) -> None:
        """a, b = value."""
        if isinstance(value, list | tuple) and len(value) >= len(parts):
            for each, part in zip(parts, value, strict=False):
                self.assign(each, part, scope)
            return
        for each in parts:
            self.assign(each, value if isinstance(value, Stat | Unknown) else Unknown((value,)), scope)
