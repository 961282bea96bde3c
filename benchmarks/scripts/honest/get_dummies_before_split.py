import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv").drop(columns=["customer_id", "refund_total", "city"])
df = pd.get_dummies(df, columns=["plan"])
df = df.drop_duplicates()
train, test = train_test_split(df, test_size=0.25, random_state=1)
model = HistGradientBoostingClassifier(max_iter=60, random_state=0)
model.fit(train.drop(columns="churned"), train["churned"])
print("AUC", roc_auc_score(test["churned"], model.predict_proba(test.drop(columns="churned"))[:, 1]))
