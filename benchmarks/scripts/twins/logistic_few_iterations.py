import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data/cancer.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="malignant"), df["malignant"], test_size=0.3, random_state=0)
model = make_pipeline(StandardScaler(), LogisticRegression(C=100.0, max_iter=2000))
model.fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, model.decision_function(X_test)))
