"""Train a wine classifier."""
import pandas as pd
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC


def load():
    frame = pd.read_csv("data/wine.csv")
    return frame.drop(columns=["grower"]).values, frame["grower"].values


def scale(X):
    return MinMaxScaler().fit_transform(X)




def main():
    X, y = load()
    X = scale(X)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7, stratify=y)
    model = SVC(C=1.0, random_state=0).fit(X_train, y_train)
    print(classification_report(y_test, model.predict(X_test), digits=3))


if __name__ == "__main__":
    main()
