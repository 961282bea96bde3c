import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

df = pd.read_csv("data/diabetes.csv")
y = df.pop("progression").astype(int)
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.3, random_state=0)
tree = DecisionTreeRegressor(max_depth=4, min_samples_leaf=10, random_state=0)
tree.fit(X_train, y_train)
print("MAE", mean_absolute_error(y_test, tree.predict(X_test)))
