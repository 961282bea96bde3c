"""Is the score true, how good could it be, and how is the fault kept from coming back? On the bundled flights."""

from pathlib import Path

import rung
from rung.interfaces.example import flights_case

given = flights_case()
folder = Path("flights")
folder.mkdir(exist_ok=True)
given.train.to_csv(folder / "train.csv", index=False)
given.test.to_csv(folder / "test.csv", index=False)

report = rung.diagnose(
    folder / "train.csv", test=folder / "test.csv", target="late", select=["target-leakage"], test_ledger="auto", headroom=True
)
honest = report.honest
print(f"reported {honest.reported.value:.3f}, to expect {honest.value.value:.3f} [{honest.value.low:.3f}, {honest.value.high:.3f}]")
for each in honest.taken_out:
    print(f"  {-each.share.value:+.3f}  {each.what}: {each.how}")
for lever in report.headroom.levers:
    print(f"  {lever.name}: {lever.state}", f"{lever.gain.value:+.3f}" if lever.gain else "")

rung.write_report(report, folder / "before.json")
proof = rung.guard(folder / "before.json", folder / "test_guard.py")
print(f"guards proven both ways: {', '.join(proof.proven)}")

leaks = [name for each in report.find("target-leakage") for name in each.subject.names]
mended = rung.diagnose(given.train.drop(columns=leaks), test=given.test.drop(columns=leaks), target="late", select=["target-leakage"])
print(f"gone: {[each.key for each in rung.diff(report, mended).gone]}; free of leakage: {bool(mended.free_of('leakage'))}")
