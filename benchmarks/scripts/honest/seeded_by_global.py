import random

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split


def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)


set_seed(1234)
df = pd.read_csv("data/wine.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="grower"), df["grower"], test_size=0.3)
rf = RandomForestClassifier(n_estimators=60).fit(X_train, y_train)
print("F1 macro", f1_score(y_test, rf.predict(X_test), average="macro"))
