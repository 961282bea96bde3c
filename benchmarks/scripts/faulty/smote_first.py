import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/fraud.csv")
X, y = df.drop("is_fraud", axis=1), df["is_fraud"]
X_res, y_res = SMOTE(random_state=0).fit_resample(X, y)
X_train, X_test, y_train, y_test = train_test_split(X_res, y_res, test_size=0.25, random_state=0)
rf = RandomForestClassifier(n_estimators=60, random_state=0, n_jobs=1)
rf.fit(X_train, y_train)
print(classification_report(y_test, rf.predict(X_test)))
