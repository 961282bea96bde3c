import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error

df = pd.read_csv("data/diabetes.csv")
shuffled = df.sample(frac=1, random_state=13).reset_index(drop=True)
train, test = shuffled[:330], shuffled[330:]
model = RandomForestRegressor(n_estimators=50)
model.fit(train.drop(columns="progression"), train["progression"])
print(np.round(mean_absolute_error(test["progression"], model.predict(test.drop(columns="progression"))), 6))
