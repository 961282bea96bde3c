import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(4)
base = pd.read_csv("data/cancer.csv").iloc[:, [0, 1, 8, 9, 30]].sample(200, random_state=0).reset_index(drop=True)
noise = pd.DataFrame(rng.normal(size=(200, 300)), columns=[f"probe_{i}" for i in range(300)])
df = pd.concat([base, noise], axis=1)

corr = df.corr()["malignant"].drop("malignant").abs()
chosen = corr.sort_values(ascending=False).index[:25]
train, test = train_test_split(df, test_size=0.35, random_state=5)
clf = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
clf.fit(train[chosen], train["malignant"])
print(roc_auc_score(test["malignant"], clf.decision_function(test[chosen])))
