import polars as pl
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score

df = pl.read_csv("data/wine.csv").sample(fraction=1.0, shuffle=True, seed=5)
train = df.head(140)
test = df.tail(70)
features = [c for c in df.columns if c != "grower"]
model = ExtraTreesClassifier(60, random_state=0)
model.fit(train[features].to_numpy(), train["grower"].to_numpy())
print("macro F1", f1_score(test["grower"].to_numpy(), model.predict(test[features].to_numpy()), average="macro"))
