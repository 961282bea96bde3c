# Digits competition baseline
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.pipeline import make_pipeline

SEED = 2024
np.random.seed(SEED)

digits = load_digits(as_frame=True)
train = digits.frame.sample(frac=0.6, random_state=SEED)
y = train.pop("target")

print(train.shape)
print(train.describe().T.head())

trn_x, val_x, trn_y, val_y = train_test_split(train, y, test_size=0.2, random_state=SEED)
pca = PCA(n_components=20, random_state=SEED).fit(trn_x)
trn_x = pd.DataFrame(pca.transform(trn_x), index=trn_x.index).add_prefix("pc_")
val_x = pd.DataFrame(pca.transform(val_x), index=val_x.index).add_prefix("pc_")

clf = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
clf.fit(trn_x, trn_y)
print("validation score:", clf.score(val_x, val_y))
