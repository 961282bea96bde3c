import lightgbm as lgb
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
X, y = X[:900], y[:900]
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=3)
model = lgb.LGBMClassifier(n_estimators=60, learning_rate=0.2, num_leaves=7, verbose=-1, n_jobs=1, random_state=0)
model.fit(X_tr, y_tr, eval_set=[(X_te, y_te)], callbacks=[lgb.early_stopping(5, verbose=False)])
print("accuracy", accuracy_score(y_te, model.predict(X_te)))
