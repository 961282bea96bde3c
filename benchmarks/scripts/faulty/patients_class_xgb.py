import pandas as pd
import xgboost as xgb
from sklearn.metrics import accuracy_score
from sklearn.model_selection import StratifiedShuffleSplit


class RelapseModel:
    target = "relapse"
    group = "patient_id"

    def __init__(self, frame):
        self.frame = frame

    def split(self):
        splitter = StratifiedShuffleSplit(n_splits=1, test_size=0.3, random_state=0)
        train, test = next(splitter.split(self.frame, self.frame[self.target]))
        return self.frame.iloc[train], self.frame.iloc[test]

    def run(self):
        train, test = self.split()
        columns = [c for c in train.columns if c not in (self.target, self.group)]
        clf = xgb.XGBClassifier(n_estimators=60, max_depth=4, random_state=0, n_jobs=1)
        clf.fit(train[columns], train[self.target])
        return accuracy_score(test[self.target], clf.predict(test[columns]))


print(RelapseModel(pd.read_csv("data/visits.csv")).run())
