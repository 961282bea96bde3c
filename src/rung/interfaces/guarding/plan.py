"""From a report to a proven guard file."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from pathlib import Path

import polars as pl

from rung.core.errors import BadInput, RungError, Unavailable
from rung.core.finding import Confidence, Finding, Verdict
from rung.core.guard import ColumnRule, Guard, GuardFile, Proof
from rung.core.report import Report
from rung.core.rung import Rung
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.run import run_check
from rung.inputs.case import Case, Test, Train
from rung.inputs.contract import Contract
from rung.inputs.mended import Mended
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.interfaces.build import build_case
from rung.interfaces.guarding import prove
from rung.interfaces.guarding.copies import Work, write_mended
from rung.render import guards as text_of
from rung.render.words import outcome_sentence

RUNGS = (Rung.DATA, Rung.PIPELINE, Rung.MODEL, Rung.EVALUATION)
PLAIN = ("target", "task", "positive", "metric", "time", "groups", "cost_fp", "cost_fn", "prediction")
COLUMN_RULES = ("sentinel-values", "category-variants", "outliers", "inconsistent-units", "mixed-types")
MENDS = 3  # more mends of what is still seen on the mended copy; each has found a smaller remainder in all cases seen
FEW = 30  # values that a schema names one by one
Say = Callable[[str], None]


def prove_guards(report: Report, output: Path, *, root: Path, trust: bool = False, say: Say = lambda _text: None) -> Proof:
    """Write a guard for each confirmed finding, try both states, and hand over what tells them apart.

    root : folder that the report's relative paths start from.   Raises BadInput where the report was made from frames, or its files are gone.
    """
    work = _begin(report, _files(report, root), trust)
    confirmed = [each for each in report.findings if _sure(each) and each.rung in RUNGS]
    planned, left_out = _planned(work, confirmed)
    if not planned:
        return Proof(text="", proven=(), left_out=left_out)
    with tempfile.TemporaryDirectory(prefix="rung-mended-") as folder:
        try:
            mended = write_mended(work, Path(folder) / "all", any(each.with_model for each in planned))
        except Unavailable as reason:
            left_out |= {each.key: reason.message for each in planned if each.with_model}
            planned = [each for each in planned if not each.with_model]
            mended = write_mended(work, Path(folder) / "tables", with_model=False)
        return _proven(work, planned, output, mended, left_out, say, Path(folder))


def _sure(finding: Finding) -> bool:
    """Confirmed by experiment, or nearly certain by what it is; a guard is handed over only where it tells both states apart anyway."""
    if not finding.weight or finding.verdict is Verdict.REFUTED:
        return False
    return finding.verdict is Verdict.CONFIRMED or finding.confidence is Confidence.NEAR_CERTAIN


def _files(report: Report, root: Path) -> dict[str, Path]:
    if "train" not in report.case.sources:
        raise BadInput(
            "The report was made from frames in memory, so a guard has no file to look at.",
            hint="Save the tables, diagnose the files, and guard that report.",
        )
    found = {role: (root / place).resolve() for role, place in report.case.sources.items() if role in ("train", "test", "model")}
    gone = [str(path) for path in found.values() if not path.exists()]
    if gone:
        raise BadInput(
            f"Files of the report are not there: {', '.join(gone)}.", hint="Run from the folder of the diagnosis, or name it with --root."
        )
    return found


def _begin(report: Report, files: dict[str, Path], trust: bool) -> Work:
    ledger = _read(report, files, trust)
    return Work(report=report, broken=ledger, mended=ledger, how=[], files=files, trust=trust)


def _read(report: Report, files: dict[str, Path], trust: bool) -> Ledger:
    contract = Contract(**_declared(report))  # type: ignore[arg-type]
    settings = Settings(seed=report.seed, experiments=False)
    model = files.get("model") if trust else None
    case = build_case(files["train"], contract=contract, settings=settings, test=files.get("test"), model=model, trust=trust)
    return Ledger(case, discover.facts())


def _declared(report: Report) -> dict[str, object]:
    """What the user declared, in the contract's own types; the target is pinned in any case."""
    kinds = {each.name: str(each.type) for each in fields(Contract)}
    found: dict[str, object] = {}
    for name, value in report.case.declared.items():
        kind = kinds.get(name, "")
        if kind:  # a report of another version may know other declarations
            found[name] = _typed(kind, value)
    return {**found, "target": found.get("target") or report.case.target}


def _typed(kind: str, value: str) -> object:
    if "tuple" in kind:
        return tuple(value.split(","))
    return float(value) if "float" in kind else value == "True" if kind == "bool" else value


def _planned(work: Work, confirmed: list[Finding]) -> tuple[list[Guard], dict[str, str]]:
    planned: list[Guard] = []
    left_out: dict[str, str] = {}
    for finding in confirmed:
        try:
            planned.append(_plan(work, finding, {each.test for each in planned}))
        except RungError as reason:
            left_out[finding.key] = reason.message
        except Exception as error:  # noqa: BLE001 - one mend that breaks must not cost the other guards; it is named beside them
            left_out[finding.key] = f"the mend failed: {type(error).__name__}: {error}"
    return planned, left_out


def _plan(work: Work, finding: Finding, taken: set[str]) -> Guard:
    """Find out how the rule sees it again from the files, and mend the copy."""
    if finding.name not in discover.helpers("mend"):
        raise Unavailable("no mend is known that a guard could be tried on")
    with_model = _needs_model(work, finding)
    before = work.mended
    _mend(work, finding)
    outcome = work.report.outcome_of(finding)
    why = f"{finding.code}: {finding.message}" + (
        f" {str(outcome.verdict).capitalize()}, {outcome.changed}: {outcome_sentence(outcome)}." if outcome else ""
    )
    return Guard(
        test=text_of.test_name(finding.code, finding.name, finding.subject.names, taken),
        key=finding.key,
        code=finding.code,
        name=finding.name,
        names=finding.subject.names,
        why=why,
        with_model=with_model,
        schema=_column_rule(finding, before, work.mended) if finding.name in COLUMN_RULES else None,
    )


def _mend(work: Work, finding: Finding) -> None:
    how = discover.helpers("mend")[finding.name](work.mended, finding)
    assert isinstance(how, Mended)  # the mark's contract
    work.mended = _varied(work.mended, how)
    work.how.append(how)


def _needs_model(work: Work, finding: Finding) -> bool:
    """A rule that sees the fault in the tables alone is asked without the model: faster, and nothing has to be trusted."""
    inputs = {kind: each for kind, each in work.broken.case.inputs.items() if kind is not Model}
    names = finding.subject.names
    if _seen(Ledger(Case(*inputs.values()), discover.facts()), finding.code, names):
        return False
    if Model not in work.broken.case.inputs:
        raise Unavailable(
            "the rule needs the model; repeat with --trust" if "model" in work.files else "the rule does not see it in these files"
        )
    if not _seen(work.broken, finding.code, names):
        raise Unavailable("the rule does not see it in these files any more")
    return True


def _seen(ledger: Ledger, code: str, names: tuple[str, ...]) -> list[Finding]:
    """What the rule holds against these subjects, as the guard asks."""
    rule = next(each for each in discover.rules() if each.code == code)
    _, found = run_check(rule, ledger)
    return [each for each in found if each.weight and (not names or set(names) & set(each.subject.names))]


def _varied(ledger: Ledger, how: Mended) -> Ledger:
    changed: list[object] = [replace(ledger.ask(Train), table=how.train)] if how.train is not None else []
    changed += [replace(ledger.ask(Test), table=how.test)] if how.test is not None and ledger.has(Test) else []
    return ledger.vary(*changed) if changed else ledger


def _column_rule(finding: Finding, before: Ledger, after: Ledger) -> ColumnRule | None:
    """What the mend took away from the column: single values where they are few, else everything beyond the new range."""
    name = next((each for each in finding.subject.names if each in after.ask(Train).table.columns), None)
    if name is None:
        return None
    old, new = (_values(each, name) for each in (before, after))
    if new.dtype.is_numeric() and not old.dtype.is_numeric():
        return ColumnRule(column=name, numeric=True)
    lost = old.filter(~old.is_in(new.unique().implode())).unique().sort()
    if not lost.len():
        return None
    if not old.dtype.is_numeric() or lost.len() <= FEW:
        values = tuple(each if isinstance(each, int | float) else str(each) for each in lost.head(200).to_list())
        return ColumnRule(column=name, forbidden=values)
    bounds = [float(each) for each in (old.min(), old.max(), new.min(), new.max())]  # type: ignore[arg-type]
    return ColumnRule(column=name, low=bounds[2] if bounds[2] > bounds[0] else None, high=bounds[3] if bounds[3] < bounds[1] else None)


def _values(ledger: Ledger, name: str) -> pl.Series:
    parts = [ledger.ask(Train).table.column(name), *([ledger.ask(Test).table.column(name)] if ledger.has(Test) else [])]
    numeric = all(each.dtype.is_numeric() for each in parts)
    return pl.concat([each.cast(pl.Float64 if numeric else pl.String) for each in parts]).drop_nulls()


# ---- both ways ------------------------------------------------------------------------------------------------------


def _proven(
    work: Work, planned: list[Guard], output: Path, mended: dict[str, Path], left_out: dict[str, str], say: Say, folder: Path
) -> Proof:
    """Run both states; mend again what is still seen on the mended copy, leave out what does not tell the two apart, until all that is left does."""
    left = dict(left_out)
    for turn in range(MENDS + 3):
        if not planned:
            break
        roles = [role for role in work.files if role != "model" or any(each.with_model for each in planned)]
        layout = prove.Layout.of(output.resolve(), {role: work.files[role] for role in roles})
        text = text_of.render(_guard_file(work, planned, roles, output))
        say(f"running {len(planned)} guards, where the faults are and on the mended copy")
        found = prove.outcomes(text, layout, {"broken": work.files, "mended": mended})
        broken, fixed = found["broken"], found["mended"]
        doubts = dict(each for each in (_doubt(guard, broken, fixed) for guard in planned) if each is not None)
        if not doubts:
            return Proof(text=text, proven=tuple(broken), left_out=left)
        remains = [each for each in planned if broken.get(each.test) == fixed.get(each.test) == "failed"]
        again = _mended_again(work, remains, mended, folder / str(turn)) if remains and turn < MENDS else None
        mended = again or mended
        planned = list(
            _without(planned, {key: why for key, why in doubts.items() if not again or key not in {r.key for r in remains}}, left)
        )
    return Proof(text="", proven=(), left_out=left)


def _mended_again(work: Work, remains: list[Guard], files: dict[str, Path], folder: Path) -> dict[str, Path] | None:
    """One mend may leave a smaller fault of the same kind (a rare spelling, a limit still too low): it is mended in its turn. None where nothing helps."""
    with_model = any(each.with_model for each in remains)
    work.mended = _read(work.report, files, work.trust and with_model)
    try:
        for guard in remains:
            for finding in _seen(work.mended, guard.code, guard.names):
                _mend(work, finding)
        return write_mended(work, folder, "model" in files and files["model"] != work.files["model"])
    except Unavailable:
        return None


def _doubt(guard: Guard, broken: dict[str, str], fixed: dict[str, str]) -> tuple[str, str] | None:
    """(key, why) where the guard does not tell the two states apart; ':schema' is added to the key where only its column rule does not."""
    before, after = broken.get(guard.test, broken.get("", "missing")), fixed.get(guard.test, fixed.get("", "missing"))
    if before != "failed":
        return guard.key, f"does not fail where the fault is ({before[:200]})"
    if after != "passed":
        return guard.key, f"does not pass on the mended copy ({after[:200]})"
    if guard.schema is not None:
        name = f"test_column_keeps_to_its_schema[{guard.schema.column}]"
        if broken.get(name) != "failed" or fixed.get(name) != "passed":
            return f"{guard.key}:schema", "its column rule does not tell the two states apart"
    return None


def _without(planned: Iterable[Guard], doubts: dict[str, str], left_out: dict[str, str]) -> Iterable[Guard]:
    for guard in planned:
        if guard.key in doubts:
            left_out[guard.key] = doubts[guard.key]
        else:
            yield replace(guard, schema=None) if f"{guard.key}:schema" in doubts else guard


def _guard_file(work: Work, planned: list[Guard], roles: list[str], output: Path) -> GuardFile:
    declared = _declared(work.report)
    options: dict[str, object] = {name: declared[name] for name in PLAIN if declared.get(name) is not None}
    options["seed"] = work.report.seed
    if "model" in roles:
        options["trust"] = True
    relative = {role: Path(os.path.relpath(work.files[role], output.resolve().parent)).as_posix() for role in roles}
    return GuardFile(
        report=f"a report of {work.report.started[:10]}",
        version=work.report.version,
        sources=relative,
        options=options,
        guards=tuple(planned),
        contract={name: value for name, value in declared.items() if name not in PLAIN},
        pandera=importlib.util.find_spec("pandera") is not None,
    )
