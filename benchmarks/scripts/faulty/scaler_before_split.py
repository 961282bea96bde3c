import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/cancer.csv")
X = df.drop(columns="malignant")
y = df["malignant"]

scaler = StandardScaler()
X_scaled = scaler.fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X_scaled, y, test_size=0.25, random_state=0, stratify=y)

model = LogisticRegression(max_iter=1000)
model.fit(X_train, y_train)
print("accuracy", round(accuracy_score(y_test, model.predict(X_test)), 4))
