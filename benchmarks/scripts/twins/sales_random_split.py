import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

sales = pd.read_csv("data/sales.csv", parse_dates=["date"])
sales["dow"] = sales["date"].dt.dayofweek
sales["t"] = (sales["date"] - sales["date"].min()).dt.days
features = ["temperature", "promo", "dow", "t"]
train, test = sales[sales["date"] < "2023-03-01"], sales[sales["date"] >= "2023-03-01"]
rf = RandomForestRegressor(100, random_state=0)
rf.fit(train[features], train["units"])
print("MAE", mean_absolute_error(test["units"], rf.predict(test[features])))
