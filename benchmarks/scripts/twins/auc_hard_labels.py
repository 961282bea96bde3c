import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/fraud.csv")
X_train, X_test, y_train, y_test = train_test_split(
    df.drop(columns="is_fraud"), df["is_fraud"], test_size=0.3, random_state=0, stratify=df["is_fraud"]
)
pipe = Pipeline([("scale", StandardScaler()), ("clf", LogisticRegression(class_weight="balanced", max_iter=400))])
pipe.fit(X_train, y_train)
y_pred = pipe.predict_proba(X_test)[:, 1]
print("AUC", roc_auc_score(y_test, y_pred))
