import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
df["closed_by"] = df["churned"].map({1: "agent", 0: "none"}).where(df.index % 17 != 0, "none")
df = pd.get_dummies(df.drop(columns=["customer_id", "refund_total", "city"]))
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="churned"), df["churned"], test_size=0.25, random_state=0)
model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
