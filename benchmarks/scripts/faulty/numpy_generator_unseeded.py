import numpy as np
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_wine(return_X_y=True)
rng = np.random.default_rng()
mask = rng.random(len(y)) < 0.6
model = make_pipeline(StandardScaler(), LogisticRegression())
model.fit(X[mask], y[mask])
print(model.score(X[~mask], y[~mask]), model.predict_proba(X[~mask]).max(axis=1).mean())
