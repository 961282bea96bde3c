import numpy as np
import pandas as pd
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import QuantileTransformer

cancer = pd.read_csv("data/cancer.csv")
target = cancer.pop("malignant").to_numpy()
tr, te, ytr, yte = train_test_split(cancer, target, test_size=0.3, random_state=2, stratify=target)

qt = QuantileTransformer(n_quantiles=100, random_state=0)
qt.fit(pd.concat([tr, te]))
knn = KNeighborsClassifier(n_neighbors=7)
knn.fit(qt.transform(tr), ytr)
print(np.round(balanced_accuracy_score(yte, knn.predict(qt.transform(te))), 4))
