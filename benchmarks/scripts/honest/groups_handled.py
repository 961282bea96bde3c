import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, GroupShuffleSplit
from sklearn.metrics import roc_auc_score

visits = pd.read_csv("data/visits.csv")
X, y, patient = visits.drop(columns=["patient_id", "relapse"]), visits["relapse"], visits["patient_id"]
a, b = next(GroupShuffleSplit(1, test_size=0.25, random_state=0).split(X, y, patient))
search = GridSearchCV(RandomForestClassifier(60, random_state=0), {"min_samples_leaf": [1, 8, 20]}, cv=GroupKFold(3), scoring="roc_auc")
search.fit(X.iloc[a], y.iloc[a], groups=patient.iloc[a])
print("AUC on unseen patients", roc_auc_score(y.iloc[b], search.predict_proba(X.iloc[b])[:, 1]))
