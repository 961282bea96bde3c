import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("data/churn.csv").dropna()
X, y = df[["age", "tenure_months", "monthly_fee", "tickets"]], df["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
tree = DecisionTreeClassifier(max_depth=6, random_state=0).fit(X_train, y_train)
print(accuracy_score(y_test, tree.predict(X_test)))
