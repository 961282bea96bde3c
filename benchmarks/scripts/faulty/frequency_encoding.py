import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split


def add_frequency(frame, column, counts):
    frame = frame.copy()
    frame[column + "_freq"] = frame[column].map(counts).fillna(0)
    return frame.drop(columns=column)


data = pd.read_csv("data/churn.csv").drop(columns=["customer_id", "plan", "refund_total"])
counts = data["city"].value_counts(normalize=True)
data = add_frequency(data, "city", counts)
train, valid = train_test_split(data, test_size=0.25, random_state=0)
y_train, y_valid = train.pop("churned"), valid.pop("churned")
booster = lgb.LGBMClassifier(n_estimators=60, learning_rate=0.05, verbose=-1, random_state=1)
booster.fit(train, y_train)
print("AUC %.4f" % roc_auc_score(y_valid, booster.predict_proba(valid)[:, 1]))
