import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler


class PriceModel:
    def __init__(self, path, seed=1):
        self.frame = pd.read_csv(path)
        self.seed = seed
        self.imputer = SimpleImputer(strategy="median")
        self.scaler = RobustScaler()
        self.model = Ridge(alpha=1.0)

    def prepare(self):
        self.y = self.frame["price"]
        self.X = self.frame[["area", "rooms", "year"]]
        self.X = self.imputer.fit_transform(self.X)
        self.X = self.scaler.fit_transform(self.X)
        return self

    def split(self):
        parts = train_test_split(self.X, self.y, test_size=0.2, random_state=self.seed)
        self.X_train, self.X_test, self.y_train, self.y_test = parts
        return self

    def train(self):
        self.model.fit(self.X_train, self.y_train)
        return self

    def evaluate(self):
        error = self.model.predict(self.X_test) - self.y_test
        return float(np.sqrt(np.mean(error**2)))


print("RMSE", PriceModel("data/housing.csv").prepare().split().train().evaluate())
