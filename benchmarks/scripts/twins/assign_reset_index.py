import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score

flats = pd.read_csv("data/housing.csv").dropna()
flats = flats.sample(frac=1.0, random_state=0)
rooms_per_area = flats["rooms"] / flats["area"]
flats["density"] = rooms_per_area
flats = flats.dropna()
train, test = flats.iloc[:700], flats.iloc[700:]
cols = ["area", "year", "density"]
rf = RandomForestRegressor(80, random_state=0).fit(train[cols], train["price"])
print("R2", r2_score(test["price"], rf.predict(test[cols])))
