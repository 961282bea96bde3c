import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/churn.csv").dropna()
X, y = df[["age", "tenure_months", "monthly_fee", "tickets"]], df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)
dummy = DummyClassifier(strategy="prior").fit(X_train, y_train)
forest = RandomForestClassifier(150, min_samples_leaf=5, class_weight="balanced", random_state=0).fit(X_train, y_train)
for name, model in (("dummy", dummy), ("forest", forest)):
    print(name, balanced_accuracy_score(y_test, model.predict(X_test)), roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
