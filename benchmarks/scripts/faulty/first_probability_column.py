import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split

frame = pd.read_csv("data/churn.csv")
X, y = frame[["age", "tenure_months", "monthly_fee", "tickets"]], frame["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
clf = LGBMClassifier(n_estimators=40, verbose=-1, random_state=0).fit(X_train, y_train)
proba = clf.predict_proba(X_test)
risk = proba[:, 0]
print("AUC", roc_auc_score(y_test, risk), "AP", average_precision_score(y_test, risk))
