import pandas as pd
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import resample

df = pd.read_csv("data/fraud.csv")


def balance(frame):
    majority = frame[frame.is_fraud == 0]
    minority = frame[frame.is_fraud == 1]
    upsampled = resample(minority, replace=True, n_samples=len(majority), random_state=123)
    return pd.concat([majority, upsampled])


df = balance(df)
train, test = train_test_split(df, test_size=0.2, random_state=1)
tree = DecisionTreeClassifier(max_depth=8, random_state=0)
tree.fit(train.drop(columns="is_fraud"), train["is_fraud"])
print("f1:", f1_score(test["is_fraud"], tree.predict(test.drop(columns="is_fraud"))))
