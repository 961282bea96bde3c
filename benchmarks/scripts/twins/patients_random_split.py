import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, train_test_split

visits = pd.read_csv("data/visits.csv")
X = visits.drop(columns=["patient_id", "relapse"])
y = visits["relapse"]
splitter = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=1)
train_rows, test_rows = next(splitter.split(X, y, groups=visits["patient_id"]))
X_train, X_test = X.iloc[train_rows], X.iloc[test_rows]
y_train, y_test = y.iloc[train_rows], y.iloc[test_rows]
rf = RandomForestClassifier(100, random_state=0).fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))
