import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/churn.csv")
train, test = train_test_split(df, test_size=0.25, random_state=4)
num = ["tenure_months", "monthly_fee", "tickets"]
scaler = StandardScaler().fit(train[num])


def build(part):
    scaled = pd.DataFrame(scaler.transform(part[num]), columns=num, index=part.index)
    plan = pd.get_dummies(part["plan"], dtype=float)
    return pd.concat([scaled, plan], axis=1).reindex(part.index)


X_train, X_test = build(train), build(test)
clf = HistGradientBoostingClassifier(max_iter=40, random_state=0).fit(X_train, train["churned"])
print("AUC", roc_auc_score(test["churned"], clf.predict_proba(X_test)[:, 1]))
