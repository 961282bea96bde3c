import pandas as pd
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/cancer.csv")
X, y = df.drop(columns="malignant"), df["malignant"]
X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
X_train, X_valid, y_train, y_valid = train_test_split(X_rest, y_rest, test_size=0.25, random_state=0)
best, chosen = -1.0, None
for k in (1, 3, 5, 9, 15, 25):
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(k)).fit(X_train, y_train)
    f1 = f1_score(y_valid, model.predict(X_valid))
    if f1 > best:
        best, chosen = f1, k
model = make_pipeline(StandardScaler(), KNeighborsClassifier(chosen)).fit(X_rest, y_rest)
print("chosen", chosen, "test F1", f1_score(y_test, model.predict(X_test)))
