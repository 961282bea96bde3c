import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import KFold, cross_val_predict

df = pd.read_csv("data/housing.csv").dropna()
df["rooms_per_m2"] = df["rooms"] / df["area"]
X = pd.get_dummies(df.drop(columns="price"), columns=["district"])
pred = cross_val_predict(RandomForestRegressor(60, random_state=0), X, df["price"], cv=KFold(4, shuffle=True, random_state=0))
print("MAE", mean_absolute_error(df["price"], pred))
