import pandas as pd
from imblearn.over_sampling import BorderlineSMOTE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Experiment:
    """Load, balance, split, fit, score."""

    def __init__(self, csv):
        frame = pd.read_csv(csv)
        self.y = frame.pop("is_fraud")
        self.X = frame

    def balance(self, X, y):
        sampler = BorderlineSMOTE(random_state=3)
        return sampler.fit_resample(X, y)

    def run(self):
        self.X, self.y = self.balance(self.X, self.y)
        X_tr, X_te, y_tr, y_te = train_test_split(self.X, self.y, random_state=3, test_size=0.2)
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
        model.fit(X_tr, y_tr)
        return roc_auc_score(y_te, model.predict_proba(X_te)[:, 1])


print(Experiment("data/fraud.csv").run())
