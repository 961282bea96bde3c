import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/fraud.csv")
X, y = df.drop(columns="is_fraud").to_numpy(), df["is_fraud"].to_numpy()
scores = []
for tr, va in StratifiedKFold(4, shuffle=True, random_state=0).split(X, y):
    scaler = StandardScaler().fit(X[tr])
    A, b = SMOTE(random_state=0).fit_resample(scaler.transform(X[tr]), y[tr])
    clf = LogisticRegression(max_iter=500).fit(A, b)
    scores.append(average_precision_score(y[va], clf.decision_function(scaler.transform(X[va]))))
print(np.mean(scores), np.std(scores))
