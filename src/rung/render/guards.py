"""The text of a guard file: a pytest module that a person can read, with no more than rung's public names in it."""

from __future__ import annotations

import re
import textwrap

from rung.core.guard import ColumnRule, Guard, GuardFile
from rung.render import words

WIDTH = 116


def render(found: GuardFile) -> str:
    """The module's source; it needs rung and pytest, and pandera where `pandera` is set."""
    schemas = [each for each in found.guards if each.schema is not None]
    parts = [f"{_head(found, schemas)}\n\n{_case(found)}", _against()]
    parts += [_schema(found, schemas)] if schemas else []
    parts += [_test(each) for each in found.guards]
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"


def test_name(code: str, name: str, names: tuple[str, ...], taken: set[str]) -> str:
    """A function name that says rule and subject, not used before."""
    subject = "_".join(re.sub(r"\W+", "_", each).strip("_").lower() for each in names[:2])[:40].strip("_")
    base = f"test_no_{name.replace('-', '_')}{f'_in_{subject}' if subject else ''}" if name else f"test_{code.lower()}"
    fresh, number = base, 2
    while fresh in taken:
        fresh, number = f"{base}_{number}", number + 1
    return fresh


def quoted(value: object) -> str:
    """A value as source, texts in double quotes as most formatters want them."""
    if isinstance(value, list | tuple):
        inner = ", ".join(map(quoted, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if value else "()"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(name)}: {quoted(each)}" for name, each in value.items()) + "}"
    if isinstance(value, str) and value.isprintable() and "\\" not in value:
        return '"' + value.replace('"', '\\"') + '"'
    return repr(value)


def _head(found: GuardFile, schemas: list[Guard]) -> str:
    imports = ["from pathlib import Path", ""]
    imports += ["import pandas as pd"] if schemas else []
    imports += ["import pandera.pandas as pa"] if schemas and found.pandera else []
    imports += ["import pytest"] if schemas else []
    about = textwrap.wrap(
        f"Written by rung {found.version} from {found.report}. Each test fails while the fault that it names is there and passes once it is mended; "
        "both were tried before this file was handed over. The files are looked for beside this one: mend FILES where they move.",
        WIDTH,
    )
    return "\n".join(
        ['"""Guards against faults that were found and confirmed in this model.', "", *about, '"""', "", *imports, "import rung"]
    )


def _case(found: GuardFile) -> str:
    files = [f"    {quoted(role)}: HERE / {quoted(path)}," for role, path in found.sources.items()]
    options = f"{{{', '.join(f'{quoted(name)}: {quoted(value)}' for name, value in found.options.items())}}}"
    said = [f'OPTIONS["contract"] = rung.Contract(**{quoted(found.contract)})'] if found.contract else []
    return "\n".join(["HERE = Path(__file__).parent", "FILES = {", *files, "}", f"OPTIONS = {options}", *said])


def _against() -> str:
    return '''
def against(code, *subjects, with_model=False):
    """What the rule says against these subjects (any, where none is named), as sentences."""
    given = {role: path for role, path in FILES.items() if with_model or role != "model"}
    report = rung.diagnose(given.pop("train"), **given, **OPTIONS, select=code, experiments=False)
    found = [each for each in report.find(code) if each.weight and (not subjects or set(subjects) & set(each.subject.names))]
    run = next(each for each in report.runs if each.code == code)
    assert run.outcome in ("found", "clear"), f"{code} could not look: {run.reason}"
    return [f"{each.message} Fix: {each.remedy.fix}" for each in found]
'''


def _schema(found: GuardFile, schemas: list[Guard]) -> str:
    """Reader of the files, rules of the columns, and their test."""
    reader = '''
def frame_of(role):
    """The file of this role as pandas reads it."""
    path = FILES[role]
    name = path.name.lower()
    readers = {".parquet": pd.read_parquet, ".pq": pd.read_parquet, ".feather": pd.read_feather, ".arrow": pd.read_feather}
    lines = name.endswith((".jsonl", ".ndjson"))
    return pd.read_json(path, lines=True) if lines else readers.get(path.suffix.lower(), pd.read_csv)(path)
'''
    tables = [role for role in found.sources if role in ("train", "test")]
    rules = {each.schema.column: each.schema for each in schemas if each.schema is not None}
    body, call = (
        (_pandera(rules), "pa.DataFrameSchema({column: SCHEMA[column]}).validate(frame)")
        if found.pandera
        else (_plain(rules), "assert breaches(frame, column) == []")
    )
    test = [
        '@pytest.mark.parametrize("column", list(SCHEMA))',
        "def test_column_keeps_to_its_schema(column):",
        '    """Types, codes and ranges of a column that was mended, in the file itself."""',
        f"    for role in {quoted(tables)}:",
        "        frame = frame_of(role)",
        "        if column in frame:",
        f"            {call}",
    ]
    return "\n\n\n".join([reader.strip("\n"), body, "\n".join(test)])


def _pandera(rules: dict[str, ColumnRule]) -> str:
    lines = ["SCHEMA = {"]
    for name, rule in rules.items():
        checks = [f"pa.Check.notin({quoted(list(rule.forbidden))})"] if rule.forbidden else []
        checks += [f"pa.Check.ge({rule.low!r})"] if rule.low is not None else []
        checks += [f"pa.Check.le({rule.high!r})"] if rule.high is not None else []
        kind = "float, coerce=True, " if rule.numeric else ""
        lines.append(f"    {quoted(name)}: pa.Column({kind}checks=[{', '.join(checks)}], nullable=True),")
    return "\n".join([*lines, "}"])


def _plain(rules: dict[str, ColumnRule]) -> str:
    lines = ["SCHEMA = {"]
    for name, rule in rules.items():
        said = {"numeric": rule.numeric, "forbidden": list(rule.forbidden), "low": rule.low, "high": rule.high}
        lines.append(f"    {quoted(name)}: {quoted({key: value for key, value in said.items() if value not in (False, [], None)})},")
    lines += [
        "}",
        "",
        "",
        "def breaches(frame, column):",
        '    """Where a column leaves its schema, as sentences."""',
        "    rule, values = SCHEMA[column], frame[column].dropna()",
        '    numbers, found = pd.to_numeric(values, errors="coerce"), []',
        '    if rule.get("numeric") and numbers.isna().any():',
        '        found.append(f"{values[numbers.isna()].iloc[0]!r} is no number")',
        '    if values.isin(rule.get("forbidden", [])).any():',
        "        found.append(f\"holds {sorted(set(values[values.isin(rule['forbidden'])]))}\")",
        '    low, high = rule.get("low", float("-inf")), rule.get("high", float("inf"))',
        "    if not numbers.dropna().between(low, high).all():",
        '        found.append(f"leaves {low} to {high}")',
        "    return found",
    ]
    return "\n".join(lines)


def _test(guard: Guard) -> str:
    told = textwrap.wrap(words.line(guard.why, 600).replace("\\", "\\\\").replace('"""', "'''"), WIDTH - 4) or [guard.name]
    doc = f'    """{told[0]}' + ("".join(f"\n    {line}" for line in told[1:]) + "\n    " if len(told) > 1 else "") + '"""'
    asked = ", ".join([quoted(guard.code), *map(quoted, guard.names), *(["with_model=True"] if guard.with_model else [])])
    return f"\ndef {guard.test}():\n{doc}\n    assert against({asked}) == []\n"
