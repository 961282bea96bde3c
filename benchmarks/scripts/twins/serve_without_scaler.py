import pickle
import tempfile
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

COLUMNS = ["age", "tenure_months", "monthly_fee", "tickets"]


def train(X, y, path):
    scaler = StandardScaler().fit(X)
    model = MLPClassifier((8,), max_iter=800, tol=1e-3, random_state=0).fit(scaler.transform(X), y)
    path.write_bytes(pickle.dumps((scaler, model)))


def serve(rows, path):
    scaler, model = pickle.loads(path.read_bytes())
    return model.predict_proba(scaler.transform(rows))[:, 1]


df = pd.read_csv("data/churn.csv").dropna()
X_train, X_test, y_train, y_test = train_test_split(df[COLUMNS], df["churned"], test_size=0.3, random_state=0)
path = Path(tempfile.mkdtemp()) / "model.pkl"
train(X_train, y_train, path)
print("served AUC", roc_auc_score(y_test, serve(X_test, path)))
