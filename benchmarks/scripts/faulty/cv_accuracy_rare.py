import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

df = pd.read_csv("data/fraud.csv")
X, y = df.drop(columns=["is_fraud"]), df["is_fraud"]
cv = StratifiedKFold(3, shuffle=True, random_state=0)
scores = cross_val_score(GradientBoostingClassifier(n_estimators=30, random_state=0), X, y, cv=cv)
print(scores.mean())
