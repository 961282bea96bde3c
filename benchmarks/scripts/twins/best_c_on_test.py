import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

df = pd.read_csv("data/cancer.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="malignant"), df["malignant"], test_size=0.3, random_state=0)
X_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, test_size=0.3, random_state=0)

best_score, best_c = 0, None
for c in [0.01, 0.1, 1, 10, 100]:
    model = make_pipeline(StandardScaler(), SVC(C=c)).fit(X_fit, y_fit)
    score = model.score(X_val, y_val)
    if score > best_score:
        best_score, best_c = score, c
print("best C", best_c)
final = make_pipeline(StandardScaler(), SVC(C=best_c)).fit(X_train, y_train)
print("test accuracy", final.score(X_test, y_test))
