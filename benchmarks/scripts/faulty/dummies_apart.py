import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

df = pd.read_csv("data/churn.csv").dropna().sort_values("city")
seen, new = df.iloc[:1000], df.iloc[1000:]
X_train = pd.get_dummies(seen[["city", "plan", "tickets"]], dtype=float)
X_new = pd.get_dummies(new[["city", "plan", "tickets"]], dtype=float)
X_new = X_new.reindex(columns=X_train.columns, fill_value=0.0)
model = LogisticRegression(max_iter=1000).fit(X_train, seen["churned"])
print("AUC", roc_auc_score(new["churned"], model.predict_proba(X_new)[:, 1]))
