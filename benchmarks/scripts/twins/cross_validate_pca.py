from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler




def evaluate(model, X, y):
    result = cross_validate(model, X, y, cv=5, scoring=("accuracy", "f1_macro"))
    return {key: value.mean() for key, value in result.items() if key.startswith("test_")}


X, y = load_wine(return_X_y=True)
model = make_pipeline(StandardScaler(), PCA(n_components=5, random_state=0), LogisticRegression(max_iter=500))
print(evaluate(model, X, y))
