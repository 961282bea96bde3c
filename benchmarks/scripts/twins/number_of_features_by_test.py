import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score, train_test_split

data = load_breast_cancer(as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(data.data, data.target, test_size=0.3, random_state=5)
order = np.argsort(RandomForestClassifier(50, random_state=0).fit(X_train, y_train).feature_importances_)[::-1]
results = {}
for k in range(2, 14, 2):
    cols = X_train.columns[order[:k]]
    results[k] = cross_val_score(RandomForestClassifier(50, random_state=0), X_train[cols], y_train, cv=3).mean()
best = max(results, key=results.get)
rf = RandomForestClassifier(50, random_state=0).fit(X_train[X_train.columns[order[:best]]], y_train)
print("best k:", best)
print("accuracy:", rf.score(X_test[X_train.columns[order[:best]]], y_test))
