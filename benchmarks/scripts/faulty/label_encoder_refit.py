import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, OrdinalEncoder

df = pd.read_csv("data/churn.csv").dropna()
df = df[["city", "plan", "tenure_months", "tickets", "churned"]]
train, test = train_test_split(df, test_size=0.03, random_state=1)
train, test = train.copy(), test.copy()
for col in ["city", "plan"]:
    encoder = LabelEncoder()
    train[col] = encoder.fit_transform(train[col])
    test[col] = encoder.fit_transform(test[col])
X_train, X_test = train.drop(columns="churned"), test.drop(columns="churned")
model = RandomForestClassifier(100, min_samples_leaf=3, random_state=0).fit(X_train, train["churned"])
print("AUC", roc_auc_score(test["churned"], model.predict_proba(X_test)[:, 1]))
