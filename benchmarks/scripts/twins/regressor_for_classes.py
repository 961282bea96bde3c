import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/wine.csv")
y = df.pop("grower")
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.3, random_state=0)
model = RandomForestClassifier(80, random_state=0)
model.fit(X_train, y_train)
pred = model.predict(X_test)
print("accuracy", accuracy_score(y_test, pred))
