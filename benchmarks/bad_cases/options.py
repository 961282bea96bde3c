"""Options and contracts with impossible values."""

from __future__ import annotations

from pathlib import Path

from benchmarks.bad_cases.base import case, csv, good


@case("unknown rule code", "error", "Q999")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--select", "Q999"]


@case("unknown rule to explain", "error", "target-leakige")
def _(_folder: Path) -> list[str]:
    return ["explain", "target-leakige"]


@case("unknown severity", "error", "catastrophe")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--fail-on", "catastrophe"]


@case("unknown task", "error", "clustering")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--task", "clustering"]


@case("unknown metric", "error", "acuracy")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--metric", "acuracy"]


@case("a budget that is no time", "error", "soon")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--budget", "soon"]


@case("an option that does not exist", "error", "--taget")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--taget", "target"]


@case("a contract with an unknown key", "error", "taget")
def _(folder: Path) -> list[str]:
    (folder / "contract.toml").write_text('taget = "target"\n')
    return [csv(folder, good()), "--contract", "contract.toml"]


@case("a contract with a value of the wrong kind", "error", "cost_fp")
def _(folder: Path) -> list[str]:
    (folder / "contract.toml").write_text('target = "target"\ncost_fp = "much"\n')
    return [csv(folder, good()), "--contract", "contract.toml"]


@case("a contract that is no TOML", "error", "contract.toml")
def _(folder: Path) -> list[str]:
    (folder / "contract.toml").write_text("target: target\n")
    return [csv(folder, good()), "--contract", "contract.toml"]


@case("a negative cost", "error", "cost")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--cost-fp", "-3"]


@case("an output without a format", "error", "report.pdf")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "-o", "report.html", "-o", "report.pdf"]
