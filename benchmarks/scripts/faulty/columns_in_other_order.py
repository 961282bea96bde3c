import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv").dropna()
train, test = train_test_split(df, test_size=0.3, random_state=0)
columns = ["age", "tenure_months", "monthly_fee", "tickets"]
model = RandomForestClassifier(100, min_samples_leaf=5, random_state=0).fit(train[columns].values, train["churned"])


def serve(frame):
    ready = frame[["tenure_months", "tickets", "age", "monthly_fee"]]
    return model.predict_proba(ready.values)[:, 1]


print("AUC", roc_auc_score(test["churned"], serve(test)))
