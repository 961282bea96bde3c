"""Encoding the names of the classes reads the label set, not the rows."""
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder

df = pd.read_csv("data/wine.csv")
names = np.array(["Alba", "Barolo", "Chianti"])[df.pop("grower")]
y = LabelEncoder().fit_transform(names)
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.3, random_state=0, stratify=y)
clf = xgb.XGBClassifier(n_estimators=40, n_jobs=1, random_state=0).fit(X_train, y_train)
print(accuracy_score(y_test, clf.predict(X_test)))
