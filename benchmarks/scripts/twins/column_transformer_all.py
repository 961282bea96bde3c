import argparse

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

parser = argparse.ArgumentParser()
parser.add_argument("--test-size", type=float, default=0.25)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

frame = pd.read_csv("data/churn.csv")
y = frame["churned"]
X = frame[["age", "tenure_months", "monthly_fee", "tickets", "plan", "city"]]
numeric = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
pre = ColumnTransformer(
    [("num", numeric, ["age", "tenure_months", "monthly_fee", "tickets"]),
     ("cat", OneHotEncoder(handle_unknown="ignore"), ["plan", "city"])]
)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=args.test_size, random_state=args.seed)
Z_train, Z_test = pre.fit_transform(X_train), pre.transform(X_test)
clf = LogisticRegression(max_iter=2000).fit(Z_train, y_train)
print("auc", roc_auc_score(y_test, clf.predict_proba(Z_test)[:, 1]))
