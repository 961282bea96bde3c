import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv")
train, test = train_test_split(df, test_size=0.25, random_state=6)
fit_half, train = train_test_split(train, test_size=0.6, random_state=6)
rates = fit_half.groupby("city")["churned"].mean()
train = train.assign(city_rate=train["city"].map(rates).fillna(rates.mean()))
test = test.assign(city_rate=test["city"].map(rates).fillna(rates.mean()))
cols = ["tenure_months", "tickets", "city_rate"]
gb = GradientBoostingClassifier(n_estimators=50, random_state=0).fit(train[cols], train["churned"])
print("AUC", roc_auc_score(test["churned"], gb.predict_proba(test[cols])[:, 1]))
