import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/churn.csv")
cols = ["age", "tenure_months", "monthly_fee", "tickets"]
y = df["churned"].to_numpy()
df = df[cols].dropna()
y = y[: len(df)]
X = df[cols].to_numpy()
Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=0.25, random_state=0)
clf = make_pipeline(StandardScaler(), LogisticRegression()).fit(Xtr, ytr)
print("AUC", roc_auc_score(yte, clf.predict_proba(Xte)[:, 1]))
