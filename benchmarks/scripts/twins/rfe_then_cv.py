import numpy as np
import pandas as pd
from sklearn.feature_selection import RFE
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = pd.read_csv("data/diabetes.csv")
y = data.pop("progression")
rng = np.random.default_rng(1)
for i in range(60):
    data[f"noise{i}"] = rng.normal(size=len(data))

rfe = RFE(Ridge(), n_features_to_select=12, step=5)
cv = KFold(5, shuffle=True, random_state=0)
scores = cross_val_score(make_pipeline(rfe, StandardScaler(), Ridge()), data, y, cv=cv, scoring="r2")
print(scores.mean())
