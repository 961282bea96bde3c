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
        ids = self.frame[self.group].drop_duplicates().sample(frac=0.7, random_state=0)
        known = self.frame[self.group].isin(ids)
        return self.frame[known], self.frame[~known]

    def run(self):
        train, test = self.split()
        columns = [c for c in train.columns if c not in (self.target, self.group)]
        clf = xgb.XGBClassifier(n_estimators=60, max_depth=4, random_state=0, n_jobs=1)
        clf.fit(train[columns], train[self.target])
        return accuracy_score(test[self.target], clf.predict(test[columns]))


print(RelapseModel(pd.read_csv("data/visits.csv")).run())
