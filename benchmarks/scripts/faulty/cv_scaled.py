import pandas as pd
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

df = pd.read_csv("data/cancer.csv")
y = df.pop("malignant")
X = StandardScaler().fit_transform(df)
scores = cross_val_score(SVC(), X, y, cv=5, scoring="roc_auc")
print(f"AUC {scores.mean():.3f} +- {scores.std():.3f}")
