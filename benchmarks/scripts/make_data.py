"""Writes the small tables that the corpus of scripts reads: real sets bundled with scikit-learn, and made ones from a seed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine


def write_all(folder: Path) -> None:
    """Every table, as CSV, under this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = (cancer, diabetes, wine, churn, visits, sales, fraud, reviews, housing)
    for make in makers:
        make().to_csv(folder / f"{make.__name__}.csv", index=False)
    customers, orders = shop()
    customers.to_csv(folder / "customers.csv", index=False)
    orders.to_csv(folder / "orders.csv", index=False)


def cancer() -> pd.DataFrame:
    """569 tumours, 30 measurements, 'malignant'."""
    data = load_breast_cancer(as_frame=True)
    frame = data.frame.drop(columns="target")
    return frame.assign(malignant=1 - data.target)


def diabetes() -> pd.DataFrame:
    """442 patients, a measure of progression."""
    return load_diabetes(as_frame=True, scaled=False).frame.rename(columns={"target": "progression"})


def wine() -> pd.DataFrame:
    """178 wines of three growers."""
    return load_wine(as_frame=True).frame.rename(columns={"target": "grower"})


def churn() -> pd.DataFrame:
    """1,600 customers of mixed kinds with gaps; about three in ten leave."""
    rng = np.random.default_rng(11)
    n = 1600
    age = rng.normal(44, 13, n).clip(18, 88).round()
    tenure = rng.gamma(2.0, 14.0, n).round()
    monthly = (rng.normal(62, 21, n) + 0.2 * age).clip(12, 190).round(2)
    tickets = rng.poisson(1.4, n)
    plan = rng.choice(["basic", "family", "premium"], n, p=[0.5, 0.3, 0.2])
    city = rng.choice([f"city_{i:02d}" for i in range(40)], n)
    pull = dict(zip([f"city_{i:02d}" for i in range(40)], rng.normal(0, 0.5, 40), strict=True))
    logit = -1.1 - 0.035 * (tenure - 28) + 0.45 * (tickets - 1.4) + 0.012 * (monthly - 70) + 0.5 * (plan == "basic")
    logit = logit + np.array([pull[each] for each in city])
    left = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    frame = pd.DataFrame(
        {
            "customer_id": rng.permutation(np.arange(100_000, 100_000 + n)),
            "age": age, "tenure_months": tenure, "monthly_fee": monthly, "tickets": tickets, "plan": plan, "city": city,
            "refund_total": np.where(left == 1, rng.gamma(2, 20, n), rng.gamma(0.3, 4, n)).round(2),
            "churned": left,
        }
    )  # fmt: skip
    frame.loc[rng.random(n) < 0.12, "age"] = np.nan
    frame.loc[rng.random(n) < 0.08, "monthly_fee"] = np.nan
    return frame


def visits() -> pd.DataFrame:
    """1,200 visits of 150 patients; the outcome belongs to the patient, and so do most of the readings."""
    rng = np.random.default_rng(5)
    patient = np.repeat(np.arange(150), 8)
    sick = rng.integers(0, 2, 150)
    own = rng.normal(0, 1, (150, 6))
    own[:, 0] += 0.6 * sick
    own[:, 1] -= 0.4 * sick
    readings = own[patient] + rng.normal(0, 0.25, (1200, 6))
    frame = pd.DataFrame(readings, columns=["pulse", "pressure", "glucose", "sodium", "lactate", "oxygen"])
    frame.insert(0, "patient_id", patient + 7000)
    frame["relapse"] = sick[patient]
    return frame.sample(frac=1.0, random_state=3).reset_index(drop=True)


def sales() -> pd.DataFrame:
    """1,000 days of one shop: a slow drift, a week, and weather."""
    rng = np.random.default_rng(8)
    n = 1000
    day = pd.date_range("2021-01-01", periods=n, freq="D")
    level = 200 + np.cumsum(rng.normal(0.05, 3.0, n))
    week = np.array([0, -6, -4, 2, 14, 30, 18])[day.day_of_week]
    temperature = 12 + 9 * np.sin(2 * np.pi * day.day_of_year / 365) + rng.normal(0, 3, n)
    units = (level + week + 0.8 * temperature + rng.normal(0, 6, n)).round(1)
    return pd.DataFrame({"date": day, "temperature": temperature.round(1), "promo": rng.integers(0, 2, n), "units": units})


def fraud() -> pd.DataFrame:
    """5,000 payments, about 3 % of them fraud."""
    rng = np.random.default_rng(21)
    n = 5000
    bad = (rng.random(n) < 0.03).astype(int)
    amount = np.exp(rng.normal(3.2, 1.0, n) + 0.7 * bad)
    columns = {f"v{i}": rng.normal(0, 1, n) + bad * shift for i, shift in enumerate([0.9, -0.7, 0.5, 0.0, 0.0, 0.3], start=1)}
    return pd.DataFrame({"amount": amount.round(2), **columns, "hour": rng.integers(0, 24, n), "is_fraud": bad})


def reviews() -> pd.DataFrame:
    """700 short reviews in made-up shop talk, good or bad."""
    rng = np.random.default_rng(31)
    good = ["great", "solid", "comfortable", "quick", "recommend", "lovely", "bright", "sturdy", "happy", "perfect"]
    bad = ["broken", "late", "cheap", "refund", "noisy", "torn", "slow", "awful", "returned", "disappointed"]
    filler = [
        f"{a}{b}" for a in ("box", "item", "colour", "size", "order", "parcel", "lamp", "chair") for b in ("", "s", "ed", "ing", "er")
    ]
    label = rng.integers(0, 2, 700)
    texts = []
    for each in label:
        own, other = (good, bad) if each else (bad, good)
        words = [*rng.choice(own, 2), *rng.choice(other, 1), *rng.choice(filler, 9)]
        texts.append(" ".join(rng.permutation(words)))
    return pd.DataFrame({"text": texts, "positive": label})


def housing() -> pd.DataFrame:
    """1,200 flats with prices."""
    rng = np.random.default_rng(17)
    n = 1200
    area = rng.gamma(9, 9, n).round(1)
    rooms = (area / 25 + rng.normal(0, 0.6, n)).clip(1, 9).round()
    year = rng.integers(1930, 2022, n)
    district = rng.choice([f"d{i}" for i in range(12)], n)
    worth = dict(zip([f"d{i}" for i in range(12)], rng.normal(0, 40, 12), strict=True))
    price = 50 + 3.1 * area + 8 * rooms + 0.4 * (year - 1970) + np.array([worth[d] for d in district]) + rng.normal(0, 30, n)
    frame = pd.DataFrame({"area": area, "rooms": rooms, "year": year, "district": district, "price": price.round(1)})
    frame.loc[rng.random(n) < 0.1, "rooms"] = np.nan
    return frame


def shop() -> tuple[pd.DataFrame, pd.DataFrame]:
    """500 customers and 2,000 orders of theirs."""
    rng = np.random.default_rng(41)
    customers = pd.DataFrame(
        {
            "customer_id": rng.permutation(500) + 1,
            "income": rng.normal(40, 12, 500).round(1),
            "years": rng.integers(0, 20, 500),
            "distance": rng.gamma(2, 5, 500).round(1),
        }
    )
    score = 0.05 * (customers["income"] - 40) - 0.06 * (customers["distance"] - 10) + 0.08 * (customers["years"] - 10)
    customers["loyal"] = (rng.random(500) < 1 / (1 + np.exp(-score))).astype(int)
    chosen = rng.integers(1, 501, 2000)
    orders = pd.DataFrame({"order_id": np.arange(2000) + 1, "customer_id": chosen, "basket": rng.gamma(3, 12, 2000).round(2)})
    return customers, orders


if __name__ == "__main__":
    write_all(Path(sys.argv[1] if len(sys.argv) > 1 else "data"))
