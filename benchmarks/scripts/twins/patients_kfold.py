import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold, KFold, cross_val_score


def load(path="data/visits.csv"):
    table = pd.read_csv(path)
    return table.drop(columns=["patient_id", "relapse"]), table["relapse"], table["patient_id"]


def main():
    X, y, patients = load()
    model = HistGradientBoostingClassifier(max_iter=40, random_state=0)
    scores = cross_val_score(model, X, y, cv=GroupKFold(5), groups=patients, scoring="roc_auc")
    print("AUC per fold", np.round(scores, 3))


main()
