import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
df["city_rate"] = df.groupby("city")["churned"].transform("mean")
train, test = train_test_split(df, test_size=0.25, random_state=6)
cols = ["tenure_months", "tickets", "city_rate"]
gb = GradientBoostingClassifier(n_estimators=50, random_state=0).fit(train[cols], train["churned"])
print("AUC", roc_auc_score(test["churned"], gb.predict_proba(test[cols])[:, 1]))
