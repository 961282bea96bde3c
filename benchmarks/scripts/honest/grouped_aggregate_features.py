import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

people = pd.read_csv("data/customers.csv")
orders = pd.read_csv("data/orders.csv")
totals = orders.groupby("customer_id")["basket"].agg(["count", "mean", "max"]).reset_index()
table = people.merge(totals, on="customer_id", how="left").fillna({"count": 0, "mean": 0, "max": 0})
X, y = table[["income", "years", "distance", "count", "mean", "max"]], table["loyal"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)
rf = RandomForestClassifier(120, min_samples_leaf=8, random_state=0).fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))
