import xgboost as xgb
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
X, y = df[["age", "tenure_months", "monthly_fee", "tickets"]], df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
clf = xgb.XGBClassifier(n_estimators=300, learning_rate=0.1, early_stopping_rounds=10, eval_metric="auc", n_jobs=1, random_state=0)
clf.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)
print("AUC", roc_auc_score(y_test, clf.predict_proba(X_test)[:, 1]))
