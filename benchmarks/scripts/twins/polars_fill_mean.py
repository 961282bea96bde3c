import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

df = pl.read_csv("data/housing.csv")
df = df.sample(fraction=1.0, shuffle=True, seed=9)

cut = int(df.height * 0.75)
train, test = df.head(cut), df.tail(df.height - cut)
rooms = train["rooms"].mean()
train = train.with_columns(pl.col("rooms").fill_null(rooms))
test = test.with_columns(pl.col("rooms").fill_null(rooms))
cols = ["area", "rooms", "year"]
reg = HistGradientBoostingRegressor(max_iter=80, random_state=0)
reg.fit(train.select(cols).to_numpy(), train["price"].to_numpy())
print("MAE", mean_absolute_error(test["price"].to_numpy(), reg.predict(test.select(cols).to_numpy())))
