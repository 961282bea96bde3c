import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

df = pd.read_csv("data/churn.csv")
y = df["churned"]
rng = np.random.default_rng(3)
df["street"] = rng.integers(0, 250, len(df)).astype(str)
num = ["age", "tenure_months", "monthly_fee", "tickets"]

means = y.groupby(df["street"]).mean()
df["street_te"] = df["street"].map(means)
skf = StratifiedKFold(5, shuffle=True, random_state=42)
oof = np.zeros(len(df))
for tr, va in skf.split(df, y):
    a, b = df.iloc[tr].copy(), df.iloc[va].copy()
    clf = LGBMClassifier(n_estimators=50, verbose=-1, random_state=0)
    clf.fit(a[num + ["street_te"]], y.iloc[tr])
    oof[va] = clf.predict_proba(b[num + ["street_te"]])[:, 1]
print("OOF AUC", roc_auc_score(y, oof))
