"""A source with its syntax tree: statements by line, and lines replaced without touching the rest."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Mapping


class Tree:
    """lines : the source, line by line.   root : its tree."""

    def __init__(self, text: str) -> None:
        self.text, self.lines, self.root = text, text.splitlines(), ast.parse(without_magics(text))

    def assignment(self, line: int) -> ast.Assign | None:
        """The assignment to one target that the line is in."""
        found = [
            each
            for each in ast.walk(self.root)
            if isinstance(each, ast.Assign) and each.lineno <= line <= (each.end_lineno or line) and len(each.targets) == 1
        ]
        return found[-1] if found else None

    def assigned(self, name: str) -> list[ast.Assign]:
        """Assignments to a plain name."""
        return [
            each
            for each in ast.walk(self.root)
            if isinstance(each, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in each.targets)
        ]

    def method_call(self, act: ast.Assign, names: tuple[str, ...]) -> ast.Call | None:
        """The value, where it is one call of one of these methods with plain arguments."""
        value = act.value
        good = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in names and value.args
        return value if good and isinstance(value, ast.Call) else None

    def call(self, line: int, name: str) -> ast.Call | None:
        """A call of this name on a line."""
        return next(
            (each for each in ast.walk(self.root) if isinstance(each, ast.Call) and each.lineno == line and self.name(each) == name), None
        )

    def name(self, call: ast.Call) -> str:
        """The last part of what is called."""
        return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""

    def split_of(self, name: str, line: int) -> tuple[ast.Assign, list[str], int] | None:
        """The train_test_split after a line that is given this name: the statement, its targets, and the place of the name."""
        for each in ast.walk(self.root):
            if (
                not isinstance(each, ast.Assign)
                or each.lineno <= line
                or not isinstance(each.value, ast.Call)
                or self.name(each.value) != "train_test_split"
            ):
                continue
            given = [ast.unparse(one) for one in each.value.args]
            target = each.targets[0]
            if name in given and isinstance(target, ast.Tuple) and all(isinstance(one, ast.Name) for one in target.elts):
                return each, [ast.unparse(one) for one in target.elts], given.index(name)
        return None

    def loads(self, name: str, within: ast.AST | None = None) -> int:
        """How often a plain name is read."""
        nodes = ast.walk(within if within is not None else self.root)
        return sum(isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load) for each in nodes)

    def inside_function(self, node: ast.expr) -> bool:
        """Whether an expression stands in a function."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return any(isinstance(each, kinds) and each.lineno <= node.lineno <= (each.end_lineno or 0) for each in ast.walk(self.root))

    def function_at(self, line: int) -> ast.AST | None:
        """The innermost function that a line is in."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        found = [each for each in ast.walk(self.root) if isinstance(each, kinds) and each.lineno <= line <= (each.end_lineno or 0)]
        return max(found, key=lambda each: each.lineno) if found else None

    def statement(self, line: int) -> ast.stmt | None:
        """The simple statement that a line is in."""
        kinds = (ast.Assign, ast.Expr, ast.Return, ast.AugAssign, ast.AnnAssign)
        return next(
            (each for each in ast.walk(self.root) if isinstance(each, kinds) and each.lineno <= line <= (each.end_lineno or line)), None
        )

    def statements(self) -> list[ast.stmt]:
        """Simple statements in their order."""
        found = [
            each for each in ast.walk(self.root) if isinstance(each, ast.Assign | ast.Expr | ast.AugAssign | ast.AnnAssign | ast.Return)
        ]
        return sorted(found, key=lambda each: each.lineno)

    def block_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements among which one stands."""
        for node in ast.walk(self.root):
            for part in ("body", "orelse", "finalbody"):
                block = getattr(node, part, None)
                if isinstance(block, list) and any(each is statement for each in block):
                    return block
        return []

    def uses(self, name: str) -> bool:
        """Whether a name is bound or read anywhere in the source."""
        return any(
            name in (getattr(each, "id", None), getattr(each, "arg", None), getattr(each, "name", None)) for each in ast.walk(self.root)
        )

    def imported(self) -> set[str]:
        """Names that imports bind."""
        nodes = [each for each in ast.walk(self.root) if isinstance(each, ast.Import | ast.ImportFrom)]
        return {(alias.asname or alias.name).partition(".")[0] for each in nodes for alias in each.names}

    def parse(self, text: str) -> ast.expr:
        """An expression's own tree."""
        return ast.parse(text, mode="eval").body

    def text_of(self, statement: ast.stmt) -> list[str]:
        """The lines of a statement as they are written, without what stands before them all."""
        lines = self.lines[statement.lineno - 1 : statement.end_lineno]
        pad = self.indent(statement)
        return [each.removeprefix(pad) for each in lines]

    def in_style(self, text: str) -> str:
        """A made line with the quotes that the source prefers."""
        if self.text.count('"') <= self.text.count("'"):
            return text
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(text + "\n").readline))
        except (tokenize.TokenError, SyntaxError):  # a part of a statement
            return text
        for each in reversed(tokens):
            if each.type == tokenize.STRING and each.string.startswith("'") and each.start[0] == 1 and not {'"', "\\"} & set(each.string):
                text = f'{text[: each.start[1]]}"{each.string[1:-1]}"{text[each.end[1] :]}'
        return text

    def rewritten(self, statements: Mapping[ast.stmt, list[str]]) -> str:
        """The source with other lines in the place of whole statements; comments that stood on their lines go with them."""
        lines: list[str | None] = list(self.lines)
        for statement, new in statements.items():
            pad = self.indent(statement)
            lines[statement.lineno - 1] = "\n".join(pad + self.in_style(each) for each in new) if new else None
            for number in range(statement.lineno, statement.end_lineno or statement.lineno):
                lines[number] = None
        return "\n".join(each for each in lines if each is not None) + "\n"

    def indent(self, node: ast.stmt) -> str:
        """What stands before a statement."""
        return self.lines[node.lineno - 1][: node.col_offset]

    def span(self, node: ast.expr) -> tuple[int, int] | None:
        """Columns of an expression on its one line, in characters; None where it is longer."""
        if node.end_lineno != node.lineno or node.end_col_offset is None:
            return None
        raw = self.lines[node.lineno - 1].encode()
        return len(raw[: node.col_offset].decode()), len(raw[: node.end_col_offset].decode())

    def replaced(
        self,
        lines: Mapping[int, list[str]],
        *,
        after: Mapping[ast.stmt, list[str]],
        drop: ast.stmt | None = None,
        rename: Mapping[ast.stmt, Mapping[str, str]] | None = None,
    ) -> str:
        """The source with one statement left out (or other lines in its place), names renamed in a statement, and lines added after statements."""
        gone = set(range(drop.lineno, (drop.end_lineno or drop.lineno) + 1)) if drop is not None else set()
        added = {(each.end_lineno or each.lineno): text for each, text in after.items()}
        words = {
            number: names for each, names in (rename or {}).items() for number in range(each.lineno, (each.end_lineno or each.lineno) + 1)
        }
        made: list[str] = []
        for number, text in enumerate(self.lines, 1):
            if number in gone:
                made += lines.get(number, [])
            else:
                for old, new in words.get(number, {}).items():
                    text = re.sub(rf"\b{re.escape(old)}\b", new, text)  # noqa: PLW2901 - the line as it is being rewritten
                made.append(text)
            made += added.get(number, [])
        return "\n".join(made) + "\n"


def without_magics(text: str) -> str:
    """The source with `pass` for the lines of a notebook that are no Python (%matplotlib inline, !pip list), line for line."""
    try:
        ast.parse(text)
    except SyntaxError:
        return re.sub(r"^([ \t]*)[%!].*$", r"\1pass", text, flags=re.MULTILINE)
    return text


def whole_line(tree: Tree, line: int, text: str) -> str:
    """The source with one line in another wording."""
    return "\n".join([*tree.lines[: line - 1], text, *tree.lines[line:]]) + "\n"


def with_import(text: str, module: str, name: str) -> str:
    """The source with `from module import name`, where it has no such import yet."""
    root = ast.parse(without_magics(text))
    imports = [each for each in root.body if isinstance(each, ast.Import | ast.ImportFrom)]
    if any(
        isinstance(each, ast.ImportFrom) and each.module == module and any(alias.name == name for alias in each.names) for each in imports
    ):
        return text
    lines = text.splitlines()
    place = (imports[-1].end_lineno or imports[-1].lineno) if imports else 0
    return "\n".join([*lines[:place], f"from {module} import {name}", *lines[place:]]) + "\n"
