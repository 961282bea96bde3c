import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = pd.read_csv("data/diabetes.csv")
y = data["progression"]
X = data.drop(columns=["sex", "progression"])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
model = make_pipeline(StandardScaler(), Ridge()).fit(X_train, y_train)
print("R2 %.3f" % r2_score(y_test, model.predict(X_test)))
