"""An edit: what learned from all rows learns from the training rows alone, where rows are parted by positions, slices or folds."""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass

from rung.facts.run_edits_move import FITS, STATISTICS, learns
from rung.facts.run_edits_names import calls_of, names_in, root_of, stored
from rung.facts.run_edits_tree import Tree

TAKERS = ("fit", "Dataset", "DMatrix", "Pool")
PARTERS = ("head", "tail", "slice", "filter", "iloc", "loc", "take")
NO_FRAME = re.compile(r"\.(to_numpy|values|toarray)\b|^np\.|load_\w+\(return_X_y=True\)|genfromtxt|loadtxt")


@dataclass(frozen=True, slots=True)
class Place:
    """statement : before it (or as the first of its body, `inside`) the training rows are known.   rows : of a table's name, the training rows of it."""

    statement: ast.stmt
    taken: ast.expr
    root: str
    inside: ast.For | None = None


def from_training_rows(tree: Tree, line: int) -> str | None:
    """The act and what hangs on it stand where the training rows are known, and learn from them."""
    act = next((each for each in tree.statements() if each.lineno <= line <= (each.end_lineno or 0)), None)
    if act is None or not learns(act):
        return None
    block = tree.block_of(act)
    later = [each for each in block if each.lineno > act.lineno]
    names = _hanging(tree, act, later)
    place = _fold(later, names) or _parting(tree, block, later, names)
    return None if place is None else _written(tree, act, later, names, place)


def _hanging(tree: Tree, act: ast.stmt, later: list[ast.stmt]) -> set[str]:
    """The act's table and the names whose rows are its rows."""
    found = {root_of(each.args[0]) for each in calls_of(act, FITS) if each.args} | {
        root_of(each.func) for each in calls_of(act, STATISTICS)
    }
    found |= {name for each in calls_of(act, STATISTICS) for name in names_in(each)}
    found -= tree.imported()
    made = stored(act.targets[0]) if isinstance(act, ast.Assign) else set()
    for each in later:
        if isinstance(each, ast.Assign) and names_in(each.value) & (found | made) and isinstance(each.targets[0], ast.Name):
            made.add(each.targets[0].id)
    return (found | made) - {""}


def _fold(later: list[ast.stmt], names: set[str]) -> Place | None:
    """for train, test in folds.split(X): the training positions are known at the head of the loop."""
    for each in later:
        if not isinstance(each, ast.For):
            continue
        splits = calls_of(each.iter, ("split",))
        pair = each.target.elts[-1] if isinstance(each.target, ast.Tuple) and isinstance(each.target.elts[-1], ast.Tuple) else each.target
        if splits and splits[0].args and isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[0], ast.Name):
            root = root_of(splits[0].args[0])
            return Place(each, ast.Subscript(ast.Name(root, ast.Load()), pair.elts[0], ast.Load()), root, each) if root in names else None
    return None


def _parting(tree: Tree, block: list[ast.stmt], later: list[ast.stmt], names: set[str]) -> Place | None:
    """The first use of a part of the rows as the rows of a fit, or under a name of training."""
    fitted = {
        ast.unparse(each.args[0]) for each in ast.walk(tree.root) if isinstance(each, ast.Call) and tree.name(each) in TAKERS and each.args
    }
    for each in later:
        for name, value in _bound(each):
            part = _part(value, names)
            if part is not None and (
                name in fitted or ast.unparse(value) in fitted or re.search(r"tr(ai)?n|fit", name or ast.unparse(value), re.IGNORECASE)
            ):
                return Place(each, value, part)
    return _by_positions(block, later, names)


def _by_positions(block: list[ast.stmt], later: list[ast.stmt], names: set[str]) -> Place | None:
    """X[train] somewhere below, with positions of training rows that are worked out after the act."""
    for each in later:
        for made in stored(each.targets[0]) if isinstance(each, ast.Assign) else ():
            after = next((one for one in block if one.lineno > each.lineno), None)
            used = [
                node
                for one in later
                for node in ast.walk(one)
                if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name) and node.slice.id == made
            ]
            of_table = [node for node in used if isinstance(node.value, ast.Name) and node.value.id in names]
            if after is not None and of_table and re.match(r"tr(ai)?n?(_|$|i)", made, re.IGNORECASE):
                return Place(after, of_table[0], root_of(of_table[0]))
    return None


def _bound(statement: ast.stmt) -> list[tuple[str, ast.expr]]:
    """(name, value) pairs of an assignment, and the rows handed to fits in it."""
    found = [
        ("", each.args[0])
        for each in ast.walk(statement)
        if isinstance(each, ast.Call) and each.args and isinstance(each.func, ast.Attribute) and each.func.attr in TAKERS
    ]
    if isinstance(statement, ast.Assign):
        target, value = statement.targets[0], statement.value
        pairs = (
            zip(target.elts, value.elts, strict=False)
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            else [(target, value)]
        )
        found += [(ast.unparse(name), each) for name, each in pairs]
    return found


def _part(value: ast.expr, names: set[str]) -> str | None:
    """The table that an expression takes some rows of."""
    owner: ast.expr | None = None
    if isinstance(value, ast.Subscript):
        owner = value.value.value if isinstance(value.value, ast.Attribute) and value.value.attr in PARTERS else value.value
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in PARTERS:
        owner = value.func.value
    text = isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant | ast.List)
    return owner.id if isinstance(owner, ast.Name) and owner.id in names and not text else None


def _written(tree: Tree, act: ast.stmt, later: list[ast.stmt], names: set[str], place: Place) -> str | None:
    end = place.statement.lineno
    made = stored(act.targets[0]) if isinstance(act, ast.Assign) else {root_of(each.func.value) for each in calls_of(act, ("fit",))}  # type: ignore[attr-defined]
    moved = [act]
    for each in later:
        if each.lineno >= end:
            break
        learning = isinstance(each, ast.Assign) and any(root_of(one.func) in names for one in calls_of(each, STATISTICS))
        if isinstance(each, ast.Assign) and (learning or (names_in(each) & made and not _counts(each) and not _reorders(each))):
            moved.append(each)
            made |= stored(each.targets[0])
    rows = _Rows(tree, place, names)
    lines = [ast.unparse(ast.fix_missing_locations(rows.visit(copy.deepcopy(each)))) for each in moved]
    if not rows.done:
        return None
    if place.inside is None:
        gone: dict[ast.stmt, list[str]] = {each: [] for each in moved}
        return tree.rewritten({**gone, place.statement: [*lines, *tree.text_of(place.statement)]})
    return _in_loop(tree, moved, lines, place)


def _in_loop(tree: Tree, moved: list[ast.stmt], lines: list[str], place: Place) -> str | None:
    """The lines at the head of the loop; what was rewritten in place gets a name of its own there, or each turn would add to the last."""
    loop = place.inside
    assert loop is not None
    own: dict[str, str] = {}
    for each in moved:
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and each.targets[0].id in names_in(each.value):
            own[each.targets[0].id] = f"{each.targets[0].id}_fold"
    if any(tree.uses(each) for each in own.values()):
        return None
    head = [re.sub(rf"^{old} =", f"{new} =", text) for text in lines for old, new in own.items()] if own else lines
    if len(own) > 1 or (own and len(moved) > 1):
        return None
    head_line = tree.lines[loop.lineno - 1]
    raw = _raw(moved, place.root)
    if raw is not None:
        head_line = re.sub(rf"\.split\({place.root}\b", f".split({raw}", head_line)
    first, last = loop.body[0].lineno - 1, loop.end_lineno or loop.body[-1].lineno
    body = tree.lines[first:last]
    for old, new in own.items():
        body = [re.sub(rf"(?<![\w.]){old}\b(?!\s*=)", new, line) for line in body]
    pad = tree.indent(loop.body[0])
    text = (
        "\n".join(
            [
                *tree.lines[: loop.lineno - 1],
                head_line,
                *tree.lines[loop.lineno : first],
                *[pad + each for each in head],
                *body,
                *tree.lines[last:],
            ]
        )
        + "\n"
    )
    drop = {number for each in moved for number in range(each.lineno, (each.end_lineno or each.lineno) + 1)}
    return "\n".join(line for number, line in enumerate(text.splitlines(), 1) if number not in drop) + "\n"


def _raw(moved: list[ast.stmt], root: str) -> str | None:
    """What the folds parted before, where that is only made in the loop now."""
    for each in moved:
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and each.targets[0].id == root
            and root not in names_in(each.value)
        ):
            given = [one.args[0] for one in calls_of(each, ("fit_transform", "transform")) if one.args]
            return ast.unparse(given[0]) if given else None
    return None


class _Rows(ast.NodeTransformer):
    """Statistics and fits over the training rows of the tables."""

    def __init__(self, tree: Tree, place: Place, names: set[str]) -> None:
        self.place, self.names, self.polars, self.done = place, names, "import polars" in tree.text, 0
        self.frames = {each for each in names if _is_frame(tree, each)}

    def visit_Call(self, node: ast.Call) -> ast.expr:
        word = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if word in STATISTICS and isinstance(node.func, ast.Attribute):
            if self.polars and (column := _column(node.func.value)) is not None:
                self.done += 1
                node.func.value = ast.Subscript(self.place.taken, column, ast.Load())
                return node
            taken = _Taken(self)
            node = taken.visit(node)
            self.done += taken.done
            return node
        if word in FITS and node.args:
            taken = _Taken(self)
            training = [taken.visit(copy.deepcopy(each)) for each in node.args]
            self.done += taken.done
            fitted = ast.Call(ast.Attribute(node.func.value, "fit", ast.Load()), training, node.keywords)  # type: ignore[attr-defined]
            return fitted if word == "fit" else ast.Call(ast.Attribute(fitted, "transform", ast.Load()), node.args[:1], [])
        self.generic_visit(node)
        return node


class _Taken(ast.NodeTransformer):
    """Names of tables become their training rows."""

    def __init__(self, rows: _Rows) -> None:
        self.rows, self.done = rows, 0

    def visit_Name(self, node: ast.Name) -> ast.expr:
        place = self.rows.place
        if node.id not in self.rows.names and not re.fullmatch(r"y|labels?|targets?", node.id):
            return node
        self.done += 1
        part = copy.deepcopy(place.taken)
        if (
            node.id in self.rows.frames | ({node.id} - self.rows.names if self.rows.frames else set())
            and place.inside is not None
            and isinstance(part, ast.Subscript)
        ):
            part.value = ast.Attribute(part.value, "iloc", ast.Load())
        return _Swapped(place.root, node.id).visit(part)


class _Swapped(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.new if node.id == self.old else node.id, node.ctx)


def _column(node: ast.expr) -> ast.expr | None:
    """The column's name of pl.col(name)."""
    plain = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "col" and len(node.args) == 1
    return node.args[0] if plain and isinstance(node, ast.Call) else None


def _counts(statement: ast.Assign) -> bool:
    """n = len(X), n = X.shape[0]: tells of the number of rows only."""
    return bool(re.search(r"\blen\(|\.shape\b|\.height\b", ast.unparse(statement.value)))


def _reorders(statement: ast.Assign) -> bool:
    """df = df.sample(...): rows in another order, or fewer; the act comes after it."""
    made = stored(statement.targets[0])
    return not learns(statement) and isinstance(statement.targets[0], ast.Name) and made == {root_of(statement.value)}


def _is_frame(tree: Tree, name: str) -> bool:
    """Whether rows of the table are taken by .iloc."""
    texts = [ast.unparse(each.value) for each in tree.assigned(name)]
    return bool(re.search(rf"\b{name}\.iloc\[", tree.text)) or (bool(texts) and "pd.read" in texts[-1] and not NO_FRAME.search(texts[-1]))
