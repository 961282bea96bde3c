"""`%%rung`: one cell of a live notebook under observation.

    %load_ext rung

    %%rung
    model.fit(X_train, y_train)
    ...

Tables that earlier cells made are known by their names, as they are when the cell begins; where they came from is not. Options as those of
`rung run`: --select, --ignore, --budget.
"""

from __future__ import annotations

import argparse
import ast
from typing import TYPE_CHECKING, Any

from rung.core.finding import Where
from rung.record.hook import Ended, Running, Source, hooks
from rung.record.places import Places
from rung.record.runner import Ran, Session

if TYPE_CHECKING:
    from rung.core.report import Report

NOTEBOOK = "notebook"


class KernelPlaces(Places):
    """The user's lines in a live kernel: code that was typed into cells."""

    def __init__(self, shell: Any) -> None:
        super().__init__(NOTEBOOK)
        self._shell = shell

    def _shown(self, filename: str) -> str | None:
        typed = filename.startswith("<ipython-input") or "ipykernel_" in filename
        return NOTEBOOK if typed else super()._shown(filename)

    def where(self, filename: str, line: int) -> Where | None:
        """Lines count within the cell, whose first line (the magic) is line 1."""
        found = super().where(filename, line)
        return Where(file=found.file, line=line + 1, cell=1) if found is not None and found.file == NOTEBOOK else found


class Looks(ast.NodeTransformer):
    """Lets the hooks see the cell's tree before it is compiled."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def visit_Module(self, node: ast.Module) -> ast.Module:
        """The whole cell."""
        return self._session.rewrite(node, NOTEBOOK)


def rung_cell(shell: Any, line: str, cell: str) -> Report:
    """Run the cell as the shell would, observed, and report."""
    from rung.inputs.settings import Settings
    from rung.interfaces.api import words
    from rung.interfaces.cli.diagnose import parse_seconds
    from rung.interfaces.script import report_of

    options = _options(line)
    running = Running(arguments=(), places=KernelPlaces(shell))
    running.sources.append(Source(path=NOTEBOOK, text=f"%%rung {line}\n{cell}", cells=(1,)))
    with Session(hooks(), running) as session:
        session.known({name: value for name, value in shell.user_ns.items() if not name.startswith("_")})
        looks = Looks(session)
        shell.ast_transformers.append(looks)
        try:
            result = shell.run_cell(cell, store_history=False)
        finally:
            shell.ast_transformers.remove(looks)
            shell.user_ns.pop("_rung_observed", None)
    error = result.error_before_exec or result.error_in_exec
    ended = Ended(code=1, exception=type(error).__name__, message=str(error)[:500]) if error is not None else Ended()
    ran = Ran(inputs=tuple(session.finish(ended)), ended=ended, running=running)
    settings = Settings(budget=parse_seconds(options.budget), select=words(options.select), ignore=words(options.ignore))
    return report_of(ran, settings)


def _options(line: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="%%rung", add_help=False)
    parser.add_argument("--select", default="")
    parser.add_argument("--ignore", default="")
    parser.add_argument("--budget", default="60s")
    return parser.parse_args(line.split())


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext rung` calls. The report of the last cell stays at hand as `_rung`."""
    from rung.render import terminal

    def rung(line: str, cell: str) -> Report | None:
        report = rung_cell(shell, line, cell)
        shell.user_ns["_rung"] = report
        if type(shell).__name__ == "ZMQInteractiveShell":
            return report  # a notebook shows it as a page
        print(terminal.render(report))
        return None

    shell.register_magic_function(rung, magic_kind="cell", magic_name="rung")
