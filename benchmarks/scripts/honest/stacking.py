import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold, cross_val_predict, train_test_split

flats = pd.read_csv("data/housing.csv").dropna()
X, y = flats[["area", "rooms", "year"]], flats["price"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
base = [ExtraTreesRegressor(40, random_state=0), GradientBoostingRegressor(n_estimators=60, random_state=0)]
cv = KFold(4, shuffle=True, random_state=0)
inside = np.column_stack([cross_val_predict(m, X_train, y_train, cv=cv) for m in base])
outside = np.column_stack([m.fit(X_train, y_train).predict(X_test) for m in base])
top = Ridge().fit(inside, y_train)
print("RMSE", np.sqrt(mean_squared_error(y_test, top.predict(outside))))
