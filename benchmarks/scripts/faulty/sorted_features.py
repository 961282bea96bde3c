import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/cancer.csv")
y = df["malignant"].values
X = df.drop(columns=["malignant"]).sort_values("mean radius").values
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, test_size=0.3)
model = RandomForestClassifier(80, random_state=0).fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
