import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv").drop(columns=["customer_id", "refund_total"])
df = pd.get_dummies(df, columns=["plan"])
df = df.drop(columns=["city"])

train, test = train_test_split(df, test_size=0.3, random_state=42)
train, test = train.copy(), test.copy()
for col in ["age", "monthly_fee"]:
    mean = train[col].mean()
    train[col] = train[col].fillna(mean)
    test[col] = test[col].fillna(mean)
features = [c for c in df.columns if c != "churned"]
clf = RandomForestClassifier(n_estimators=100, min_samples_leaf=5, random_state=0)
clf.fit(train[features], train["churned"])
print("AUC:", roc_auc_score(test["churned"], clf.predict_proba(test[features])[:, 1]))
