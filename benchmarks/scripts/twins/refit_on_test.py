import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/cancer.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="malignant"), df["malignant"], test_size=0.2, random_state=9)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
clf = LogisticRegression(max_iter=500).fit(X_train, y_train)
print("accuracy", accuracy_score(y_test, clf.predict(X_test)))
