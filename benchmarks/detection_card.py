"""From the records of runs to the figures and the page of the score card."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

Record = dict[str, object]
#: The bars: share of faults found at medium severity, with the right subject, ranked first; share of clean tables without an alarm.
BARS = {"recall": 0.90, "right": 0.95, "first": 0.80, "quiet": 0.95}


def figures(records: list[Record]) -> Record:
    """All figures as a plain tree."""
    clean = [each for each in records if not each["fault"] and each["state"] == "done"]
    planted = [each for each in records if each["fault"] and each["state"] == "done" and _has_rule(each)]
    return {
        "clean": clean_figures(clean),
        "planted": {how: share(_of(planted, severity=how)) for how in ("mild", "medium", "severe")},
        "rules": {
            name: {
                how: share(_of(planted, fault=name, severity=how))
                for how in ("mild", "medium", "severe")
                if _of(planted, fault=name, severity=how)
            }
            for name in sorted({str(each["fault"]) for each in planted})
        },
        "not plantable": sum(each["state"] == "not plantable" for each in records),
        "failed": sorted({f"{each['key']}: {each['why']}"[:300] for each in records if each["state"] == "failed"}),
        "codes": sorted({str(each["code"]) for each in records}),
    }


def _has_rule(record: Record) -> bool:
    """Whether the fault's rule existed when the run was made: results of older code may be without."""
    return record["outcome"]["state"] != "no such rule"  # type: ignore[index]


def _of(records: Iterable[Record], **wanted: str) -> list[Record]:
    return [each for each in records if all(each[name] == value for name, value in wanted.items())]


def clean_figures(clean: list[Record]) -> Record:
    """Tables without a false alarm, and which rules raised one on how many tables."""
    loud = [each for each in clean if each["alarms"]]
    rules = Counter(name for each in clean for name in {alarm["name"] for alarm in each["alarms"]})  # type: ignore[attr-defined]
    return {
        "tables": len(clean),
        "quiet": len(clean) - len(loud),
        "quiet_share": _ratio(len(clean) - len(loud), len(clean)),
        "alarms_by_rule": dict(rules.most_common()),
        "tables_with_alarm": sorted(str(each["table"]) for each in loud),
        "with_tolerated": sum(bool(each["tolerated"]) for each in clean),
        "with_model": sum(bool(each["model"]) for each in clean),
        "median_cpu_seconds": _median([float(str(each["seconds"])) for each in clean]),
    }


def share(planted: list[Record]) -> Record:
    """Shares among runs: named, named as a warning or worse, right subject among the named, ranked first."""
    named = [each for each in planted if each["named"]]
    return {
        "runs": len(planted),
        "tables": len({each["table"] for each in planted}),
        "recall": _ratio(len(named), len(planted)),
        "warned": _ratio(sum(bool(each["warned"]) for each in planted), len(planted)),
        "right": _ratio(sum(bool(each["right"]) for each in named), len(named)),
        "first": _ratio(sum(bool(each["first"]) for each in planted), len(planted)),
        "median_cpu_seconds": _median([float(str(each["seconds"])) for each in planted]),
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _median(values: list[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None


def page(records: list[Record]) -> str:
    """The card for people: bars first, then rules, then every alarm and every miss."""
    every = figures(records)
    return "\n".join([*_bars(every), "", *_rules(every), "", *_alarms(records), "", *_misses(records), "", *_crashes(records)]) + "\n"


def _bars(every: Record) -> list[str]:
    clean, medium = every["clean"], every["planted"]["medium"]  # type: ignore[index]
    rows = [
        ("clean tables without a false alarm", clean["quiet_share"], BARS["quiet"], f"{clean['quiet']} of {clean['tables']}"),
        (
            "planted at medium, named",
            medium["recall"],
            BARS["recall"],
            f"{medium['runs']} runs; as a warning or worse {medium['warned']}",
        ),
        ("right subject among them", medium["right"], BARS["right"], ""),
        ("ranked first", medium["first"], BARS["first"], ""),
    ]
    lines = [
        f"{name:<40} {_shown(value)}  bar {bar:.2f}  {'met' if value is not None and value >= bar else 'NOT MET'}  {note}"
        for name, value, bar, note in rows
    ]
    others = [f"{how}: {every['planted'][how]}" for how in ("mild", "severe")]  # type: ignore[index]
    return [
        *lines,
        *others,
        f"codes {every['codes']}; not plantable {every['not plantable']}; median CPU s clean {clean['median_cpu_seconds']}",
    ]


def _shown(value: object) -> str:
    return "   - " if value is None else f"{value:5.3f}"


def _rules(every: Record) -> list[str]:
    head = f"{'fault':<44} {'severity':<8} runs  named warned  right  first  CPU s"
    lines = [
        f"{name:<44} {how:<8} {row['runs']:>4}  {_shown(row['recall'])} {_shown(row['warned'])}  {_shown(row['right'])}  {_shown(row['first'])}  {row['median_cpu_seconds']}"
        for name, severities in every["rules"].items()  # type: ignore[attr-defined]
        for how, row in severities.items()
    ]
    return ["PLANTED, BY FAULT", head, *lines]


def _alarms(records: list[Record]) -> list[str]:
    lines, rules = [], defaultdict(list)
    for each in records:
        for alarm in each.get("alarms", []):  # type: ignore[attr-defined]
            rules[alarm["name"]].append(each["table"])
            model = f" +{each['model']}" if each["model"] else ""
            lines.append(
                f"  {each['table']}{model}: {alarm['code']} {alarm['name']} [{alarm['severity']}, {alarm['confidence']}, {alarm['verdict']}] {alarm['subject']} {alarm['message']}"
            )
    by_rule = [f"  {name}: {len(set(where))} tables" for name, where in sorted(rules.items(), key=lambda pair: -len(set(pair[1])))]
    return ["FALSE ALARMS BY RULE", *by_rule, "", "FALSE ALARMS", *sorted(lines)]


def _misses(records: list[Record]) -> list[str]:
    lines = []
    for each in records:
        if not each["fault"] or each["state"] != "done" or each["severity"] == "mild" or not _has_rule(each):
            continue
        head = f"  {each['fault']} {each['severity']} on {each['table']}: "
        own = f" | own: {[(a['severity'], a['verdict'], a['subject'], a['message'][:110]) for a in each['own'][:1]]}"  # type: ignore[attr-defined,index]
        above = f" | above: {[(a['name'], a['severity'], a['verdict'], a['subject'][:2]) for a in each['above']]}"  # type: ignore[attr-defined]
        if not each["named"]:
            lines.append(f"{head}MISSED ({each['outcome']}) truth: {each['truth']} {each['names']}{above}")
        elif not each["right"]:
            lines.append(f"{head}WRONG SUBJECT truth: {each['truth']} {each['names']}{own}")
        elif not each["first"]:
            lines.append(f"{head}NOT FIRST{above}{own}")
    return ["MISSES, WRONG SUBJECTS, NOT FIRST (medium and severe)", *sorted(lines)]


def _crashes(records: list[Record]) -> list[str]:
    lines = sorted({f"  {each['table']} {each['fault']}: {crash}" for each in records for crash in each.get("crashed", [])})  # type: ignore[attr-defined]
    failed = sorted(
        {f"  {each['key']}: {each['why']} {str(each.get('traceback', ''))[-500:]}" for each in records if each["state"] == "failed"}
    )
    return ["CRASHED RULES", *lines[:60], "", "FAILED RUNS", *failed[:40]]
