import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold

NFOLDS = 5
SEED = 7
train_df = pd.read_csv("data/reviews.csv")
y = train_df["positive"].values

tfidf = TfidfVectorizer(ngram_range=(1, 2), min_df=3)
X = train_df["text"].values

oof = np.zeros(len(y))
kf = KFold(n_splits=NFOLDS, shuffle=True, random_state=SEED)
for fold, (trn, val) in enumerate(kf.split(X)):
    model = LogisticRegression(C=2.0, max_iter=300)
    model.fit(tfidf.fit_transform(X[trn]), y[trn])
    oof[val] = model.predict_proba(tfidf.transform(X[val]))[:, 1]
print("OOF logloss:", log_loss(y, oof))
