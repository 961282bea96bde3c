"""The drift card: false alarms of `rung compare` on clean pairs of real data, power on planted drifts, and the estimated damage.

    python -m benchmarks.drift --json benchmarks/results/drift.json

Beside rung, on the same windows, what the usual constants say: PSI > 0.25, and KS p < 0.05 for any column. About eight CPU minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.drift_windows import GROUPED, LABELLED, PLANTS, RANDOM, SIZES, TIMED, Ground, clean_windows, ground
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.run import run_check
from rung.facts.current_drift import CurrentDrifts
from rung.facts.damage import Damage
from rung.facts.drift_charts import KS_LIMIT, PSI_LIMIT
from rung.facts.outside import Outside
from rung.facts.together import ReferenceTogether, Surprise, square
from rung.stats.intervals import wilson

#: One false alarm in so many runs is what the rules declare: their levels add up to it (O101 none, O102 0.3 %, O103 0.1 %, O104 0.4 %, O106 0.2 %).
DECLARED = 0.01
FORETOLD = 0.8  # share of the spread of a column (in normal scores) that the other columns tell, from which a value is strange beside them
BLIND = ("O101", "O102", "O106")
WITH_MODEL = ("O103", "O104")
MODEL_TABLES = ("credit_data", "benefits", "wa_churn", "lending_club", "yrbss", "cps1988", "votes2016", "accidents")
POWER_TABLES = ("credit_data", "ames", "college", "cells", "wa_churn", "deliveries", "diamonds", "accidents", "votes2016", "yrbss")
DAMAGE_TABLES = ("benefits", "lending_club", "wa_churn", "votes2016", "accidents", "census_income", "fertility", "employment")


def loud(ledger: Ledger, codes: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """(code, names) of every finding of warning or worse."""
    rules = [rule for rule in discover.rules() if rule.code in codes]
    found = []
    for rule in rules:
        run, findings = run_check(rule, ledger)
        if run.outcome == "failed":
            print(run.traceback, file=sys.stderr)
        found += [(each.code, each.subject.names) for each in findings if each.weight]
    return found


def constants(ledger: Ledger) -> tuple[set[str], set[str]]:
    """Columns that PSI > 0.25 and KS p < 0.05 name."""
    drifts = ledger.ask_or_none(CurrentDrifts)
    every = drifts.columns if drifts is not None else ()
    return {each.name for each in every if each.psi > PSI_LIMIT}, {each.name for each in every if each.ks_p < KS_LIMIT}


def clean_part(repeats: int, seconds: float) -> list[dict[str, object]]:
    """One record a clean window; tables in turn of small and large, so that a run cut short has seen something of each."""
    grounds = [("time", name) for name in TIMED] + [("grouped", name) for name in GROUPED] + [("random", name) for name in RANDOM]
    records = model_part(max(1, repeats // 2), seconds / 3)
    started = time.process_time()
    for how, name in grounds[::3] + grounds[1::3] + grounds[2::3]:
        if time.process_time() - started > seconds:
            break
        each = ground(name, how)
        for size, window in clean_windows(each, SIZES, repeats, seed=1):
            ledger = each.against(window.drop(columns=each.table.target))
            found, (psi, ks) = loud(ledger, BLIND), constants(ledger)
            records.append({"table": name, "how": how, "size": size, "alarms": found, "psi": bool(psi), "ks": bool(ks), "model": False})
            if found:
                print(f"  alarm: {name} {how} {size}: {found}", file=sys.stderr)
    return records


def model_part(repeats: int, seconds: float) -> list[dict[str, object]]:
    """The same for the rules that read a model and labels."""
    records, started = [], time.process_time()
    for turn, name in enumerate(MODEL_TABLES):
        if time.process_time() - started > seconds:
            break
        kind = ("boosting", "linear")[turn % 2]
        each = ground(name, "random", model=kind)
        for size, window in clean_windows(each, (200, 1_000, 5_000), repeats, seed=2):
            found = loud(each.against(window), WITH_MODEL)
            records.append({"table": name, "how": "random", "size": size, "alarms": found, "psi": False, "ks": False, "model": True})
            if found:
                print(f"  alarm: {name} {kind} {size}: {found}", file=sys.stderr)
    return records


def power_part(window_rows: int) -> list[dict[str, object]]:
    """One record a planted drift."""
    records = []
    for name in POWER_TABLES:
        plain = ground(name, "random")
        for kind, plant in PLANTS.items():
            records += [one for size in range(3) if (one := _planted(plain, kind, plant, size, window_rows, BLIND)) is not None]
        if plain.table.task != "binary":
            continue
        armed = ground(name, "random", model="linear")
        for kind, plant in LABELLED.items():
            records += [
                one for size in range(3) if (one := _planted(armed, kind, plant, size, window_rows, (*BLIND, *WITH_MODEL))) is not None
            ]
    return records


def _planted(each: Ground, kind: str, plant, size: int, rows: int, codes: tuple[str, ...]) -> dict[str, object] | None:  # noqa: ANN001
    rng = np.random.default_rng([size, len(kind), len(each.table.name)])
    window = each.pool.sample(min(rows, len(each.pool)), random_state=size).reset_index(drop=True)
    made = plant(window, each.reference, each.table.target, size, rng)
    if not made:
        return None
    moved, names = made
    ledger = each.against(moved if kind in LABELLED else moved.drop(columns=each.table.target))
    found, (psi, ks) = loud(ledger, codes), constants(ledger)
    hit = [names_ for _, names_ in found if not names or names & set(names_)]
    return {
        "table": each.table.name, "kind": kind, "size": size, "found": bool(hit), "psi": bool(psi & names if names else psi),
        "ks": bool(ks & names if names else ks),
    }  # fmt: skip


def damage_part() -> list[dict[str, object]]:
    """Covariate shifts: rows kept by two columns that matter; the estimate without labels against the truth with them."""
    from sklearn.metrics import roc_auc_score

    records = []
    for name in DAMAGE_TABLES:
        each = ground(name, "random", model="boosting", share=0.4)
        model = each.ledger.case.inputs[next(kind for kind in each.ledger.case.inputs if kind.__name__ == "Model")]
        pool = each.pool.head(60_000)
        positive = sorted(pool[each.table.target].dropna().unique())[1]
        score = model.probabilities(labelled_rows(pool, each))[:, 1]  # type: ignore[union-attr]
        truth = (pool[each.table.target] == positive).to_numpy()
        base = roc_auc_score(truth, score)
        numbers = [column for column in pool.select_dtypes("number") if column != each.table.target and pool[column].nunique() > 8]
        strength = [abs(pd.Series(score).corr(pool[column].reset_index(drop=True), method="spearman")) for column in numbers]
        for place in np.argsort(strength)[::-1][:2]:
            rank = pool[numbers[place]].rank(pct=True).fillna(0.5).to_numpy()
            for turn, steep in ((0, 2.0), (1, -2.0), (2, 4.0)):
                keep = np.random.default_rng([turn, place]).random(len(pool)) < np.exp(steep * (rank - (1 if steep > 0 else 0)))
                rows = np.flatnonzero(keep)[:6_000]
                if truth[rows].sum() < 100 or (~truth[rows]).sum() < 100:
                    continue
                true = roc_auc_score(truth[rows], score[rows]) - base
                told = each.against(pool.iloc[rows].drop(columns=each.table.target).reset_index(drop=True)).ask_or_none(Damage)
                if told is None:
                    continue
                noise = 0.4 / np.sqrt(min(truth[rows].sum(), (~truth[rows]).sum()))
                parts = {way: getattr(told, way).value - true if getattr(told, way) else None for way in ("reweighted", "foretold")}
                records.append({
                    "table": name, "column": numbers[place], "steep": steep, "true": true, "told": told.change.value, "error": told.change.value - true,
                    "doubts": len(told.doubts), "noise": noise, **parts,
                })  # fmt: skip
    return records


def labelled_rows(frame: pd.DataFrame, each: Ground):  # noqa: ANN201
    """The rows as a table."""
    from rung.interfaces.build import labelled_table

    return labelled_table(frame.drop(columns=each.table.target), "pool", None)[0]


def rows_part() -> list[dict[str, object]]:
    """Single rows in another unit: how many rank above the limit that 5 % of honest rows pass, and how many the rule names; of all, of those whose
    value leaves what the reference saw, and of the others by whether the other columns foretell the value."""
    records = []
    for name in ("pima", "college", "ames", "cells", "concrete", "deliveries", "diamonds", "hpc"):
        each = ground(name, "random")
        window = each.pool.head(400).drop(columns=each.table.target).reset_index(drop=True)
        together = each.ledger.ask_or_none(ReferenceTogether)
        if together is None:
            continue
        limit = together.together.totals[2]
        foretold = 1 - 1 / np.diag(np.linalg.inv(square(together.together) + 1e-6 * np.eye(len(together.together.names))))
        honest = float((each.against(window).ask(Surprise).total > limit).mean())
        for column in [c for c in together.together.names if window[c].abs().median() > 0][:8]:
            seen = each.reference[column]
            for factor in (10.0, 100.0, 1000.0):
                values = window[column] * factor
                changed = (window[column] != 0).to_numpy()
                beyond = changed & ((values < seen.min()) | (values > seen.max())).to_numpy()
                there = each.against(window.assign(**{column: values}))
                told = there.ask(Surprise).total > limit
                named = sum(one.n_beyond for one in there.ask(Outside).found if one.name == column)
                records.append({
                    "table": name, "column": column, "factor": factor, "honest": honest, "rows": int(changed.sum()), "found": int(told[changed].sum()),
                    "beyond": int(beyond.sum()), "found_beyond": int(told[beyond].sum()), "named": int(named),
                    "foretold": float(foretold[together.together.names.index(column)]),
                    "inside": int((changed & ~beyond).sum()), "found_inside": int(told[changed & ~beyond].sum()),
                })  # fmt: skip
    return records


def card(clean: list[dict], power: list[dict], damage: list[dict], rows: list[dict]) -> tuple[str, dict[str, object]]:
    """The page and its figures."""
    lines, figures = ["Clean windows: share of runs with any alarm (warning or worse)", ""], {}
    for title, part in (
        ("tables", [one for one in clean if not one["model"]]),
        ("model and labels", [one for one in clean if one["model"]]),
    ):
        for how in ("random", "grouped", "time"):
            some = [one for one in part if one["how"] == how]
            if some:
                k, n = sum(bool(one["alarms"]) for one in some), len(some)
                bounds = wilson(k, n)
                lines.append(
                    f"  {title:17}{how:9}{k:4} of {n:4} = {k / n:6.2%} ({bounds.low:.2%} to {bounds.high:.2%})   "
                    f"PSI > 0.25: {np.mean([one['psi'] for one in some]):4.0%}   KS p < 0.05: {np.mean([one['ks'] for one in some]):4.0%}   "
                    f"{len({one['table'] for one in some})} tables"
                )
                figures[f"clean, {title}, {how}"] = {"alarms": k, "runs": n}
    k, n = sum(bool(one["alarms"]) for one in clean), len(clean)
    lines += [f"  all: {k} of {n} = {k / n:.2%}; declared {DECLARED:.0%}", "", "  by window size:"]
    for size in sorted({one["size"] for one in clean}):
        some = [one for one in clean if one["size"] == size]
        lines.append(
            f"    {size:7,}: {sum(bool(one['alarms']) for one in some)} of {len(some)}   PSI {np.mean([one['psi'] for one in some]):.0%}, KS {np.mean([one['ks'] for one in some]):.0%}"
        )
    lines += ["", "Planted drifts found, mild / medium / severe (rung; PSI > 0.25; KS p < 0.05)", ""]
    for kind in (*PLANTS, *LABELLED):
        shares = {
            way: [np.mean([one[way] for one in power if one["kind"] == kind and one["size"] == size] or [np.nan]) for size in range(3)]
            for way in ("found", "psi", "ks")
        }
        lines.append(
            f"  {kind:14}"
            + "   ".join(f"{way:5} {'/'.join(f'{each:.0%}' for each in shares[way]):>15}" for way in shares)
            + f"   {sum(one['kind'] == kind for one in power)} runs"
        )
        figures[f"power, {kind}"] = shares
    if damage:
        errors = np.abs([one["error"] for one in damage])
        sure = np.array([one["doubts"] == 0 for one in damage])
        lines += [
            "",
            f"Damage by covariate shift, {len(damage)} shifts of {len({one['table'] for one in damage})} tables: true change {min(one['true'] for one in damage):+.3f} to {max(one['true'] for one in damage):+.3f}",
        ]
        lines.append(
            f"  error of the estimate: median {np.median(errors):.4f}, 90th percentile {np.quantile(errors, 0.9):.4f}, within 0.02 in {np.mean(errors <= 0.02):.0%}; where it says no doubt ({sure.mean():.0%}): {np.mean(errors[sure] <= 0.02):.0%}"
        )
        nothing = np.abs([one["true"] for one in damage])
        lines.append(
            f"  'no change' would be: median {np.median(nothing):.4f}, 90th percentile {np.quantile(nothing, 0.9):.4f}, within 0.02 in {np.mean(nothing <= 0.02):.0%}"
        )
        for way in ("reweighted", "foretold"):
            part = np.abs([one[way] for one in damage if one[way] is not None])
            lines.append(f"  {way}: median {np.median(part):.4f}, within 0.02 in {np.mean(part <= 0.02):.0%}")
        figures["damage"] = {"within 0.02": float(np.mean(errors <= 0.02)), "median": float(np.median(errors))}
    if rows:
        lines += [
            "",
            f"Single rows in another unit, at the limit of 5 % ({np.mean([one['honest'] for one in rows]):.1%} of honest rows pass it):",
        ]
        figures["rows"] = {}
        for factor in (10.0, 100.0, 1000.0):
            some = [one for one in rows if one["factor"] == factor]
            all_, beyond, found, far, named = (
                sum(one[key] for one in some) for key in ("rows", "beyond", "found", "found_beyond", "named")
            )
            told = {
                "found": found / all_,
                "beyond the range": beyond / all_,
                "found beyond": far / beyond,
                "named by the rule": min(1.0, named / beyond),
            }
            # A value that the column holds anyway is strange beside its others alone, where these say what it should be.
            for name, part in (("inside, foretold by others", True), ("inside, not foretold", False)):
                these = [one for one in some if (one["foretold"] >= FORETOLD) is part]
                inside = sum(one["inside"] for one in these)
                told |= {name: inside / all_, f"found {name}": sum(one["found_inside"] for one in these) / max(inside, 1)}
            can = beyond + sum(one["inside"] for one in some if one["foretold"] >= FORETOLD)
            seen = far + sum(one["found_inside"] for one in some if one["foretold"] >= FORETOLD)
            told["found of those that can be told"] = seen / can
            lines.append(f"  {factor:g} times: " + ", ".join(f"{name} {share:.1%}" for name, share in told.items()))
            figures["rows"][str(factor)] = told
    return "\n".join(lines), figures


def main() -> None:
    """Run the parts that are asked for and print the card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default="clean,power,damage,rows")
    parser.add_argument("--repeats", type=int, default=4, help="windows of each size up to 1,000")
    parser.add_argument("--window", type=int, default=1_000, help="rows of a window with a planted drift")
    parser.add_argument(
        "--seconds", type=float, default=300.0, help="CPU seconds for the clean windows; those that do not fit are left out"
    )
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    parts, started = wanted.parts.split(","), time.process_time()
    clean = clean_part(wanted.repeats, wanted.seconds) if "clean" in parts else []
    power = power_part(wanted.window) if "power" in parts else []
    damage = damage_part() if "damage" in parts else []
    rows = rows_part() if "rows" in parts else []
    text, figures = (
        card(clean, power, damage, rows)
        if clean
        else card([{"table": "", "how": "", "size": 0, "alarms": [], "psi": 0, "ks": 0, "model": False}], power, damage, rows)
    )
    print(text)
    print(f"\n{time.process_time() - started:.0f} CPU s")
    if wanted.json:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        records = {"clean": clean, "power": power, "damage": damage, "rows": rows}
        wanted.json.write_text(
            json.dumps(
                {"command": f"python -m benchmarks.drift {' '.join(sys.argv[1:])}", **figures, "records": records}, indent=1, default=float
            )
            + "\n"
        )


if __name__ == "__main__":
    main()
