import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

flats = pd.read_csv("data/housing.csv").dropna()
cols = ["area", "rooms", "year"]
X_train, X_test, y_train, y_test = train_test_split(flats[cols], flats["price"], test_size=0.2, random_state=0)
rf = RandomForestRegressor(80, min_samples_leaf=3, random_state=0).fit(X_train, y_train)
print("train R2 %.3f" % r2_score(y_train, rf.predict(X_train)))
print("test  R2 %.3f" % r2_score(y_test, rf.predict(X_test)))
