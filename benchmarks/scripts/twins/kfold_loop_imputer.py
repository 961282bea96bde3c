import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

frame = pd.read_csv("data/churn.csv")
X = frame[["age", "tenure_months", "monthly_fee", "tickets"]].to_numpy()
y = frame["churned"].to_numpy()

folds = StratifiedKFold(n_splits=4, shuffle=True, random_state=1)
aucs = []
for k, (tr, va) in enumerate(folds.split(X, y)):
    imputer = SimpleImputer(strategy="mean").fit(X[tr])
    forest = RandomForestClassifier(n_estimators=80, min_samples_leaf=5, random_state=k)
    forest.fit(imputer.transform(X[tr]), y[tr])
    p = forest.predict_proba(imputer.transform(X[va]))[:, 1]
    aucs.append(roc_auc_score(y[va], p))
    print(f"fold {k}: {aucs[-1]:.4f}")
print("mean", np.mean(aucs))
