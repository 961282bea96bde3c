import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import TargetEncoder

df = pd.read_csv("data/churn.csv")
rng = np.random.default_rng(9)
df["device"] = rng.integers(0, 400, len(df)).astype(str)
X_train, X_test, y_train, y_test = train_test_split(
    df[["device", "city", "tenure_months"]], df["churned"], test_size=0.25, random_state=0
)
encoder = TargetEncoder(smooth=1.0, random_state=0)
train_codes = encoder.fit_transform(X_train[["device", "city"]], y_train)
A = np.column_stack([train_codes, X_train["tenure_months"]])
B = np.column_stack([encoder.transform(X_test[["device", "city"]]), X_test["tenure_months"]])
forest = RandomForestClassifier(200, min_samples_leaf=3, random_state=0).fit(A, y_train)
print("AUC", roc_auc_score(y_test, forest.predict_proba(B)[:, 1]))
