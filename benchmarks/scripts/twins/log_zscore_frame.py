"""Standardise a frame by hand, the pandas way."""
import numpy as np
import pandas as pd
from sklearn.linear_model import Lasso
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/diabetes.csv")
target = df.pop("progression")
X_train, X_test, y_train, y_test = train_test_split(df, target, test_size=0.2, random_state=8)
mean, std = X_train.mean(), X_train.std()
X_train, X_test = (X_train - mean) / std, (X_test - mean) / std
lasso = Lasso(alpha=0.5).fit(X_train, y_train)
print("r2", np.round(r2_score(y_test, lasso.predict(X_test)), 3))
