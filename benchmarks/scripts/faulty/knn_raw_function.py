import pandas as pd
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler


def fit_knn(X, y, k=9):
    model = KNeighborsClassifier(n_neighbors=k)
    return model.fit(X, y)


df = pd.read_csv("data/wine.csv")
y = df.pop("grower")
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.35, random_state=1, stratify=y)
knn = fit_knn(X_train, y_train)
print("F1", f1_score(y_test, knn.predict(X_test), average="macro"))
