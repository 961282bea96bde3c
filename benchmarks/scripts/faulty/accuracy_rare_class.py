"""Fraud model, evaluated."""
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, average_precision_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def get_data():
    df = pd.read_csv("data/fraud.csv")
    return train_test_split(df.drop(columns="is_fraud"), df["is_fraud"], test_size=0.25, random_state=7, stratify=df["is_fraud"])


def evaluate(model, X, y):
    return accuracy_score(y, model.predict(X))


X_train, X_test, y_train, y_test = get_data()
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X_train, y_train)
print("score", evaluate(model, X_test, y_test))
