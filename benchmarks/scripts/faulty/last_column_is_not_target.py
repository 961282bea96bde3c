import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/orders.csv")
people = pd.read_csv("data/customers.csv")
sums = df.groupby("customer_id")["basket"].agg(["sum", "count"]).reset_index()
table = people.merge(sums, on="customer_id")
table = table[["income", "years", "distance", "sum", "count", "loyal", "customer_id"]]
X, y = table.iloc[:, :-1], table.iloc[:, -1]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
model = RandomForestClassifier(30, min_samples_leaf=4, random_state=0).fit(X_train, y_train)
print("accuracy", accuracy_score(y_test, model.predict(X_test)))
