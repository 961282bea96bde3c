import pandas as pd
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

df = pd.read_csv("data/fraud.csv")
y = df.pop("is_fraud")
ros = RandomOverSampler(random_state=42)
X_bal, y_bal = ros.fit_resample(df, y)
cv = StratifiedKFold(4, shuffle=True, random_state=0)
model = ExtraTreesClassifier(n_estimators=40, random_state=0)
print(cross_val_score(model, X_bal, y_bal, cv=cv, scoring="f1").mean())
