import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("data/churn.csv").dropna()
X, y = df[["age", "tenure_months", "monthly_fee", "tickets"]], df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
models = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    "knn": make_pipeline(StandardScaler(), KNeighborsClassifier(15)),
    "nb": GaussianNB(),
    "tree": DecisionTreeClassifier(max_depth=5, random_state=0),
    "forest": RandomForestClassifier(80, random_state=0),
    "extra": ExtraTreesClassifier(80, random_state=0),
    "boosting": GradientBoostingClassifier(n_estimators=50, random_state=0),
}
results = {}
for name, model in models.items():
    results[name] = cross_val_score(model, X_train, y_train, cv=4, scoring="roc_auc").mean()
winner = max(results, key=results.get)
chosen = models[winner].fit(X_train, y_train)
print("winner", winner, "AUC", roc_auc_score(y_test, chosen.predict_proba(X_test)[:, 1]))
