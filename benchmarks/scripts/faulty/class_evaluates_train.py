import numpy as np
import xgboost as xgb
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split


class Runner:
    def __init__(self, seed):
        X, y = load_breast_cancer(return_X_y=True)
        self.train, self.test, self.y_train, self.y_test = train_test_split(X, y, test_size=0.25, random_state=seed)

    def fit(self):
        self.model = xgb.XGBClassifier(n_estimators=50, n_jobs=1, random_state=0)
        self.model.fit(self.train, self.y_train)

    def report(self):
        p = self.model.predict_proba(self.train)
        return log_loss(self.y_train, p)


runner = Runner(0)
runner.fit()
print("log loss", np.round(runner.report(), 4))
