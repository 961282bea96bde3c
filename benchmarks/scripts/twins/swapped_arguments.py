import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import train_test_split


def report(truth, guess):
    return {"precision": precision_score(truth, guess), "recall": recall_score(truth, guess)}


df = pd.read_csv("data/fraud.csv")
target = df.pop("is_fraud").to_numpy()
a, b, ya, yb = train_test_split(df.to_numpy(), target, test_size=0.3, random_state=2, stratify=target)
clf = RandomForestClassifier(100, class_weight="balanced_subsample", min_samples_leaf=3, random_state=0).fit(a, ya)
print(report(yb, clf.predict(b)))
