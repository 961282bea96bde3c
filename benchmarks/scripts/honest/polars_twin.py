import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

df = pl.read_csv("data/churn.csv").with_columns(pl.col("plan").replace_strict({"basic": 0, "family": 1, "premium": 2}))
df = df.with_columns((pl.col("monthly_fee") * pl.col("tenure_months")).alias("paid")).sample(fraction=1.0, shuffle=True, seed=0)
train, test = df[:1200], df[1200:]
cols = ["age", "tenure_months", "monthly_fee", "tickets", "plan", "paid"]
model = HistGradientBoostingClassifier(max_iter=50, random_state=0).fit(train[cols].to_numpy(), train["churned"].to_numpy())
print("AUC", roc_auc_score(test["churned"].to_numpy(), model.predict_proba(test[cols].to_numpy())[:, 1]))
