"""Other tools on the same table and model, in a throw-away environment of their own: skore's report and cleanlab's Datalab."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.speed_table import TARGET

#: What each tool is asked for: its own full check of a fitted model or a labelled table. Run in the other environment.
SKORE = """
import json, sys, time, resource
import joblib, pandas as pd
from sklearn.base import clone
train, test = pd.read_parquet(sys.argv[1] + "/train.parquet"), pd.read_parquet(sys.argv[1] + "/test.parquet")
from skore import EstimatorReport
from sklearn.ensemble import HistGradientBoostingClassifier
from skrub import tabular_pipeline
model = tabular_pipeline(HistGradientBoostingClassifier(max_iter=80, random_state=0))
x, y = train.drop(columns="TARGET"), train["TARGET"]
start = time.process_time()
clone(model).fit(x, y)
fitting, start = time.process_time() - start, time.process_time()
report = EstimatorReport(model, X_train=x, y_train=y, X_test=test.drop(columns="TARGET"), y_test=test["TARGET"], pos_label="yes")
report.metrics.summarize()
checks = getattr(report, "checks", None)
if checks is not None and hasattr(checks, "summarize"):
    checks.summarize()
# The report takes an unfitted model where it is to know the training rows: the fit is not its work.
print(json.dumps({"cpu_seconds": time.process_time() - start - fitting, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
DATALAB = """
import json, sys, time, resource
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict
train = pd.read_parquet(sys.argv[1] + "/train.parquet")
numbers = train.select_dtypes("number")
from cleanlab import Datalab
start = time.process_time()
shares = cross_val_predict(HistGradientBoostingClassifier(max_iter=80, random_state=0), numbers, train["TARGET"], cv=5, method="predict_proba")
lab = Datalab(data={"label": train["TARGET"].tolist()}, label_name="label", verbosity=0)
filled = numbers.fillna(numbers.median())
lab.find_issues(features=((filled - filled.mean()) / (filled.std() + 1e-9)).to_numpy(), pred_probs=shares)
print(json.dumps({"cpu_seconds": time.process_time() - start, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
PEERS = {"skore": (["skore", "skrub"], SKORE), "cleanlab": (["cleanlab[datalab]"], DATALAB)}


def measure_peers(size: str, timeout: float) -> list[dict[str, object]]:
    """Each tool on the same table; a tool that does not install or run is named with the reason."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.speed_pass", "make", size, folder], capture_output=True, text=True, check=False
        )
        if made.returncode != 0:
            return [{"tool": "all", "state": "skipped", "why": made.stderr.strip()[-300:]}]
        return [_shown({"tool": tool, "size": size, **_measure(tool, Path(folder), timeout)}) for tool in PEERS]


def _measure(tool: str, folder: Path, timeout: float) -> dict[str, object]:
    packages, script = PEERS[tool]
    home = folder / f"env-{tool}"
    python = str(home / "bin" / "python")
    commands = [[sys.executable, "-m", "venv", str(home)], [python, "-m", "pip", "install", "-q", *packages, "pyarrow", "joblib"]]
    try:
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
            if done.returncode != 0:
                return {"state": "skipped", "why": f"does not install: {done.stderr.strip()[-200:]}"}
        text = script.replace("TARGET", TARGET)
        done = subprocess.run([python, "-c", text, str(folder)], capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return {"state": "skipped", "why": f"over {timeout:g} s"}
    if done.returncode != 0:
        return {"state": "skipped", "why": f"does not run: {done.stderr.strip()[-300:]}"}
    return {"state": "done", **json.loads(done.stdout.splitlines()[-1])}


def _shown(record: dict[str, object]) -> dict[str, object]:
    print(f"{record['tool']}: {record}", flush=True)
    return record
