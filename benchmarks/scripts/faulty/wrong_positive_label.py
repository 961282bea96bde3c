import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/fraud.csv")
df["label"] = np.where(df.pop("is_fraud") == 1, "fraud", "ok")
X_train, X_test, y_train, y_test = train_test_split(
    df.drop(columns="label"), df["label"], test_size=0.3, random_state=0, stratify=df["label"]
)
rf = RandomForestClassifier(80, class_weight="balanced", min_samples_leaf=3, random_state=0).fit(X_train, y_train)
print("F1:", f1_score(y_test, rf.predict(X_test), pos_label="ok"))
