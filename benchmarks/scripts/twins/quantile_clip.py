import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

flats = pd.read_csv("data/housing.csv").dropna()

train, test = train_test_split(flats, test_size=0.3, random_state=11)
low, high = train["area"].quantile([0.02, 0.98])
train = train.assign(area=train["area"].clip(low, high))
test = test.assign(area=test["area"].clip(low, high))
columns = ["area", "rooms", "year"]
model = LinearRegression().fit(train[columns], train["price"])
print("R2 on held-out flats:", model.score(test[columns], test["price"]))
