import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split


def train_model(X, y):
    model = RandomForestClassifier(n_estimators=100, random_state=0)
    model.fit(X, y)
    return model


wine = pd.read_csv("data/churn.csv").dropna()
X = wine[["age", "tenure_months", "monthly_fee", "tickets"]]
y = wine["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=42)
model = train_model(X_train, y_train)
print("test AUC", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
