import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/cancer.csv")
X_train, X_test, y_train, y_test = train_test_split(
    df.drop(columns="malignant"), df["malignant"], test_size=0.3, random_state=0, stratify=df["malignant"]
)
rf = RandomForestClassifier(60, random_state=0).fit(X_train, y_train)
print("accuracy", rf.score(X_test, y_test))
found = permutation_importance(rf, X_test, y_test, n_repeats=3, random_state=0)
print(pd.Series(found.importances_mean, index=X_test.columns).nlargest(3))
