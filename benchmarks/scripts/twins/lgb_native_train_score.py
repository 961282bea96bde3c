import lightgbm as lgb
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/housing.csv")
df["district"] = df["district"].astype("category")
train, test = train_test_split(df, test_size=0.3, random_state=0)
cols = ["area", "rooms", "year", "district"]
dtrain = lgb.Dataset(train[cols], label=train["price"])
booster = lgb.train({"objective": "l2", "verbose": -1, "num_threads": 1, "seed": 0}, dtrain, 150)
rmse = mean_squared_error(test["price"], booster.predict(test[cols])) ** 0.5
print(f"RMSE {rmse:.2f}")
