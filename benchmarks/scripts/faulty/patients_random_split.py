import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, train_test_split

visits = pd.read_csv("data/visits.csv")
X = visits.drop(columns=["patient_id", "relapse"])
y = visits["relapse"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)
rf = RandomForestClassifier(100, random_state=0).fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))
