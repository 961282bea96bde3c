from pathlib import Path

from prep import impute, load
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

X, y = load(Path("data") / "churn.csv")
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=10)
X_tr, X_te = impute(X_tr, X_te)
gbm = GradientBoostingClassifier(n_estimators=60, random_state=0).fit(X_tr, y_tr)
print(f"auc={roc_auc_score(y_te, gbm.predict_proba(X_te)[:, 1]):.4f}")
