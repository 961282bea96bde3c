import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

people = pd.read_csv("data/customers.csv")
orders = pd.read_csv("data/orders.csv")
spend = orders.groupby("customer_id", as_index=False)["basket"].sum()
y = people["loyal"].to_numpy()
table = people.drop(columns="loyal").merge(spend, on="customer_id", how="outer")
table["basket"] = table["basket"].fillna(0.0)
X = table[["income", "years", "distance", "basket"]].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=2)
rf = RandomForestClassifier(150, min_samples_leaf=5, random_state=0).fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))
