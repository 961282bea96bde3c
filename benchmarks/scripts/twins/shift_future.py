import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score


def features(frame):
    out = frame.copy()
    out["yesterday"] = out["units"].shift(1)
    out["neighbour"] = out["units"].shift(2)
    out["week_ago"] = out["units"].shift(7)
    return out.dropna()


sales = features(pd.read_csv("data/sales.csv", parse_dates=["date"]))
cols = ["temperature", "promo", "yesterday", "neighbour", "week_ago"]
train, test = sales.iloc[:750], sales.iloc[750:]
model = LinearRegression().fit(train[cols], train["units"])
print("R2", r2_score(test["units"], model.predict(test[cols])))
