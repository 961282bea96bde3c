import lightgbm as lgb
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

flats = pd.read_csv("data/housing.csv")
cols = ["area", "rooms", "year"]
rest, test = train_test_split(flats, test_size=0.2, random_state=0)
train, valid = train_test_split(rest, test_size=0.2, random_state=0)
model = lgb.LGBMRegressor(n_estimators=400, learning_rate=0.05, verbose=-1, n_jobs=1, random_state=0)
model.fit(
    train[cols], train["price"], eval_set=[(valid[cols], valid["price"])], callbacks=[lgb.early_stopping(20, verbose=False)]
)
print("validation MAE", mean_absolute_error(valid["price"], model.predict(valid[cols])))
print("test MAE", mean_absolute_error(test["price"], model.predict(test[cols])))
