import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

flats = pd.read_csv("data/housing.csv")
model = TransformedTargetRegressor(
    make_pipeline(SimpleImputer(), StandardScaler(), Ridge()), func=np.log1p, inverse_func=np.expm1
)
cv = KFold(5, shuffle=True, random_state=0)
X, y = flats[["area", "rooms", "year"]], flats["price"].clip(lower=1.0)
print("MAE", -cross_val_score(model, X, y, cv=cv, scoring="neg_mean_absolute_error").mean())
