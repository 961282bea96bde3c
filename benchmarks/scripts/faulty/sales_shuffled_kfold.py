import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.model_selection import KFold, TimeSeriesSplit, cross_val_score

df = pd.read_csv("data/sales.csv", parse_dates=["date"]).sort_values("date")
df["day"] = np.arange(len(df))
df["weekday"] = df.date.dt.weekday
for lag in (1, 7):
    df[f"lag_{lag}"] = df["units"].shift(lag)
df = df.dropna()
X, y = df[["day", "weekday", "temperature", "lag_1", "lag_7"]], df["units"]
cv = KFold(5, shuffle=True, random_state=3)
print(-cross_val_score(GradientBoostingRegressor(random_state=0, n_estimators=60), X, y, cv=cv, scoring="neg_mean_absolute_error"))
