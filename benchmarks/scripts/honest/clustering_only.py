from sklearn.cluster import KMeans
from sklearn.datasets import load_wine
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

X, _ = load_wine(return_X_y=True)
Z = StandardScaler().fit_transform(X)
for k in (2, 3, 4):
    labels = KMeans(k, n_init=5, random_state=0).fit_predict(Z)
    print(k, silhouette_score(Z, labels))
