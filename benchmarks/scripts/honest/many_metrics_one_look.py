import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import accuracy_score, brier_score_loss, classification_report, confusion_matrix, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv").dropna()
X, y = df[["age", "tenure_months", "monthly_fee", "tickets"]], df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=3, stratify=y)
model = GradientBoostingClassifier(n_estimators=60, max_depth=2, random_state=0).fit(X_train, y_train)
p = model.predict_proba(X_test)[:, 1]
hat = (p > 0.3).astype(int)
print(confusion_matrix(y_test, hat))
print(classification_report(y_test, hat))
print(accuracy_score(y_test, hat), f1_score(y_test, hat), roc_auc_score(y_test, p), brier_score_loss(y_test, p))
