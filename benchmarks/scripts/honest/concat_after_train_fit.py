import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/wine.csv")
train, test = train_test_split(df, test_size=0.3, random_state=0, stratify=df["grower"])
cols = [c for c in df.columns if c != "grower"]
scaler = StandardScaler().fit(train[cols])
both = pd.concat([train.assign(part="train"), test.assign(part="test")])
both[cols] = scaler.transform(both[cols])
train, test = both[both["part"] == "train"], both[both["part"] == "test"]
knn = KNeighborsClassifier(7).fit(train[cols], train["grower"])
print("accuracy", accuracy_score(test["grower"], knn.predict(test[cols])))
