"""The user's program: a file, a module or a notebook, run as `__main__` exactly as the interpreter would."""

from __future__ import annotations

import ast
import builtins
import io
import linecache
import os
import runpy
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import PathFinder, SourceFileLoader
from typing import Any

from rung.core.errors import BadInput
from rung.record.hook import Running, Source
from rung.record.notebook import Notebook
from rung.record.places import Places

Rewrite = Callable[[ast.Module, str], ast.Module]


@dataclass(slots=True, kw_only=True)
class Program:
    """kind : 'file', 'module' or 'notebook'.   name : as the user wrote it.   path : the file that it stands for, absolute."""

    kind: str
    name: str
    path: str
    arguments: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, arguments: tuple[str, ...] = (), *, module: bool = False) -> Program:
        """Find the program. Raises BadInput where there is no such file or module."""
        if module:
            return cls(kind="module", name=name, path=_file_of_module(name), arguments=arguments)
        path = os.path.join(name, "__main__.py") if os.path.isdir(name) else name
        if not os.path.isfile(path):
            raise BadInput(f"There is no file '{name}'.", hint="Name a .py file or a notebook, or use -m for a module.")
        kind = "notebook" if path.endswith(".ipynb") else "file"
        if kind == "notebook":
            Notebook.read(path)
        return cls(kind=kind, name=name, path=os.path.abspath(path), arguments=arguments)

    @property
    def folder(self) -> str:
        """What the interpreter would put first on `sys.path`."""
        return os.getcwd() if self.kind == "module" else os.path.dirname(os.path.realpath(self.path))

    def source(self, places: Places) -> Source:
        """Its text, as reports show it."""
        shown = places.shown(self.path) or self.path
        if self.kind == "notebook":
            book = Notebook.read(self.path)
            return Source(path=shown, text=book.text, cells=book.first_lines)
        return Source(path=shown, text=decoded(self._read()))

    def _read(self) -> bytes:
        with io.open_code(self.path) as handle:
            return handle.read()

    def execute(self, running: Running, rewrite: Rewrite | None) -> None:
        """Run it in `sys.modules['__main__']`; whatever it raises passes through."""
        {"file": self._file, "module": self._module, "notebook": self._notebook}[self.kind](running, rewrite)

    def _file(self, running: Running, rewrite: Rewrite | None) -> None:
        source = self._read()
        running.sources.append(self.source(running.places))
        main = fresh_main(self.path)
        exec(compiled(source, self.path, rewrite), main.__dict__)  # noqa: S102 (running it is the point)

    def _module(self, running: Running, rewrite: Rewrite | None) -> None:
        fresh_main(None)
        source = self._read()
        running.sources.append(self.source(running.places))
        with _code_of_module(lambda given: given if rewrite is None else compiled(source, self.path, rewrite)):
            main_of_module: Any = runpy
            main_of_module._run_module_as_main(self.name)  # what `python -m` itself calls

    def _notebook(self, running: Running, rewrite: Rewrite | None) -> None:
        book = Notebook.read(self.path)
        running.sources.append(self.source(running.places))
        main = fresh_main(None)
        main.__dict__.pop("__file__", None)
        os.chdir(os.path.dirname(self.path))  # a notebook's server runs it in its own folder
        with book.shell(main, running) as shell:
            for number, cell in enumerate(book.cells, 1):
                name = f"<cell {number} of {os.path.basename(self.path)}>"
                running.places.cells[name] = (running.places.shown(self.path) or self.path, number)
                text = shell(cell)
                linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
                exec(compiled(text, name, rewrite), main.__dict__)  # noqa: S102


@contextmanager
def _code_of_module(changed: Callable[[Any], Any]) -> Iterator[None]:
    """While it lasts, the first module that `runpy` looks up runs `changed(code)`."""
    runner: Any = runpy
    look_up = runner._get_module_details

    def details(name: str, error: type[Exception] = ImportError) -> Any:
        runner._get_module_details = look_up  # the program's own use of runpy is none of our business
        found, spec, code = look_up(name, error)
        return found, spec, changed(code)

    runner._get_module_details = details
    try:
        yield
    finally:
        runner._get_module_details = look_up


def _file_of_module(name: str) -> str:
    """The file that `python -m name` runs, found without importing anything."""
    path: list[str] | None = [os.getcwd(), *sys.path]
    spec = None
    for part in range(1, name.count(".") + 2):
        spec = PathFinder.find_spec(".".join(name.split(".")[:part]), path)
        path = list(spec.submodule_search_locations or []) if spec is not None else []
    if spec is not None and path:
        spec = PathFinder.find_spec(f"{name}.__main__", path)
    if spec is None or spec.origin is None:
        raise BadInput(f"There is no module '{name}' that can be run.", hint="A package needs a __main__.py to be run with -m.")
    return spec.origin


def fresh_main(path: str | None) -> types.ModuleType:
    """A new `__main__`, in `sys.modules`, with the names that the interpreter gives it."""
    main = types.ModuleType("__main__")
    names: dict[str, object] = {"__annotations__": {}, "__builtins__": builtins}
    if path is not None:
        names |= {"__file__": path, "__cached__": None, "__loader__": SourceFileLoader("__main__", path)}
    main.__dict__.update(names)
    sys.modules["__main__"] = main
    return main


def compiled(source: bytes | str, path: str, rewrite: Rewrite | None) -> Any:
    """Code of a user's file, after the hooks had their say. A file that does not parse raises as it would without rung."""
    if rewrite is None:
        return compile(source, path, "exec", dont_inherit=True)
    tree = compile(source, path, "exec", flags=ast.PyCF_ONLY_AST, dont_inherit=True)
    return compile(rewrite(tree, path), path, "exec", dont_inherit=True)  # type: ignore[arg-type]


def decoded(source: bytes) -> str:
    """Source text under the encoding that the file declares; undecodable bytes are replaced, for it is only shown."""
    from tokenize import detect_encoding

    try:
        encoding = detect_encoding(io.BytesIO(source).readline)[0]
    except SyntaxError:
        encoding = "utf-8"
    return source.decode(encoding, errors="replace")
