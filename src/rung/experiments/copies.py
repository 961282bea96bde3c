"""A copy of the working folder, so that the user's program can be run again and touch nothing of theirs."""

from __future__ import annotations

import ast
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rung.core.errors import Unavailable
from rung.inputs.trace import Trace

# A script that speaks to the world is not run again behind its author's back.
OUTWARD = {"requests", "httpx", "aiohttp", "urllib3", "smtplib", "ftplib", "paramiko", "boto3", "botocore", "google", "azure", "sqlalchemy", "psycopg2",
           "pymysql", "pymongo", "redis", "kafka", "mlflow", "wandb", "neptune", "comet_ml", "subprocess", "socket", "slack_sdk", "huggingface_hub"}  # fmt: skip
MAX_BYTES = 300 << 20
LEFT_OUT = (".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", "wandb", "mlruns")


@contextmanager
def copied_folder(folder: Path) -> Iterator[Path]:
    """A copy that is gone afterwards. Raises Unavailable where the folder is too large."""
    if _size(folder) > MAX_BYTES:
        raise Unavailable("the working folder is too large to copy")
    with tempfile.TemporaryDirectory(prefix="rung-") as temporary:
        copy = Path(temporary) / "copy"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        yield copy


def _size(folder: Path) -> int:
    total = 0
    for base, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in LEFT_OUT]
        total += sum(Path(base, name).lstat().st_size for name in names)
        if total > MAX_BYTES:
            break
    return total


def refuse_outward(trace: Trace) -> None:
    """Raises Unavailable where the script imports what speaks to a network or a database."""
    reached = sorted({name for each in trace.scripts for name in _imports(each.text)} & OUTWARD)
    if reached:
        raise Unavailable(f"the script reaches outside its folder ({', '.join(reached[:3])}): run it again by hand")


def _imports(text: str) -> set[str]:
    try:
        tree = ast.walk(ast.parse(re.sub(r"^([ \t]*)[%!].*$", r"\1pass", text, flags=re.MULTILINE)))  # a notebook's magics
    except SyntaxError:
        return set()
    named = [
        [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for node in tree
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return {name.partition(".")[0] for names in named for name in names}
