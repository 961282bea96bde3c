import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def best_threshold(y, p):
    grid = np.linspace(0.05, 0.95, 37)
    scores = [f1_score(y, p >= t) for t in grid]
    return grid[int(np.argmax(scores))]


df = pd.read_csv("data/fraud.csv")
y = df.pop("is_fraud")
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.3, random_state=1, stratify=y)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
inner = cross_val_predict(model, X_train, y_train, cv=5, method="predict_proba")[:, 1]
model.fit(X_train, y_train)
p_test = model.predict_proba(X_test)[:, 1]
t = best_threshold(y_train, inner)
print("threshold", t, "F1", f1_score(y_test, p_test >= t))
