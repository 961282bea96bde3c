import numpy as np
import pandas as pd
from catboost import CatBoostRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

houses = pd.read_csv("data/housing.csv")
rng = np.random.default_rng(0)
houses["street"] = rng.integers(0, 300, len(houses))
features = ["area", "rooms", "year", "street"]
X_train, X_test, y_train, y_test = train_test_split(houses[features], houses["price"], test_size=0.2, random_state=0)
model = CatBoostRegressor(iterations=120, depth=5, verbose=0, random_seed=0, thread_count=1, allow_writing_files=False)
model.fit(X_train, y_train)
print("RMSE", mean_squared_error(y_test, model.predict(X_test)) ** 0.5)
