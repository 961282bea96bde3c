"""Score on a held-out part first; then fit the model that goes live on every row."""
import pickle
import tempfile
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/cancer.csv")
X, y = df.drop(columns="malignant"), df["malignant"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
model.fit(X_train, y_train)
print("held-out AUC", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))

final = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, y)
out = Path(tempfile.mkdtemp()) / "final.pkl"
out.write_bytes(pickle.dumps(final))
print("saved", out.exists())
