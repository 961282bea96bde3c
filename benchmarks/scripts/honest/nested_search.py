import pandas as pd
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

df = pd.read_csv("data/cancer.csv")
y = df.pop("malignant")
inner = GridSearchCV(
    make_pipeline(StandardScaler(), SVC()), {"svc__C": [0.1, 1, 10]}, cv=StratifiedKFold(3, shuffle=True, random_state=1)
)
outer = StratifiedKFold(4, shuffle=True, random_state=0)
print("nested accuracy", cross_val_score(inner, df, y, cv=outer).mean())
