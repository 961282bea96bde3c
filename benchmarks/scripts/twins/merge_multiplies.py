import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

customers = pd.read_csv("data/customers.csv")
orders = pd.read_csv("data/orders.csv")
totals = orders.groupby("customer_id")["basket"].agg(["count", "mean"]).reset_index()
data = customers.merge(totals, on="customer_id", how="left", validate="one_to_one").fillna({"count": 0, "mean": 0})
X = data[["income", "years", "distance"]]
y = data["loyal"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)
model = RandomForestClassifier(100, random_state=0).fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
