import numpy as np
from sklearn.datasets import load_digits
from sklearn.feature_selection import SelectKBest, mutual_info_classif
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

X, y = load_digits(return_X_y=True)
rng = np.random.RandomState(0)
X = np.hstack([X[:400], rng.normal(size=(400, 100))])
y = y[:400]


def score(X, y, state):
    return mutual_info_classif(X, y, random_state=state)


kbest = SelectKBest(lambda X, y: score(X, y, 0), k=30)
pipe = Pipeline([("select", kbest), ("tree", DecisionTreeClassifier(random_state=0))])
search = GridSearchCV(pipe, {"tree__max_depth": [3, 6, 9]}, cv=4)
search.fit(X, y)
print(search.best_params_, search.best_score_)
