import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score

flats = pd.read_csv("data/housing.csv").dropna()
train = flats.sample(frac=0.8, random_state=1)
test = flats.sample(frac=0.2, random_state=2)
cols = ["area", "rooms", "year"]
forest = RandomForestRegressor(80, random_state=0).fit(train[cols], train["price"])
print("R2:", r2_score(test["price"], forest.predict(test[cols])))
