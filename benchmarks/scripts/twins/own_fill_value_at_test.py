import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

flats = pd.read_csv("data/housing.csv")
train, test = train_test_split(flats, test_size=0.25, random_state=0)
cols = ["area", "rooms", "year"]


def clean(frame, fill=None):
    out = frame[cols].copy()
    out["rooms"] = out["rooms"].fillna(fill)
    return out


X_train = clean(train, train["rooms"].median())
X_test = clean(test, train["rooms"].median())
model = LinearRegression().fit(X_train, train["price"])
print("MAE", mean_absolute_error(test["price"], model.predict(X_test)))
