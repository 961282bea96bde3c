"""Train a wine classifier."""
import pandas as pd
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC


def load():
    frame = pd.read_csv("data/wine.csv")
    return frame.drop(columns=["grower"]).values, frame["grower"].values




def scale(X_train, X_test):
    scaler = MinMaxScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test)


def main():
    X, y = load()
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7, stratify=y)
    X_train, X_test = scale(X_train, X_test)
    model = SVC(C=1.0, random_state=0).fit(X_train, y_train)
    print(classification_report(y_test, model.predict(X_test), digits=3))


if __name__ == "__main__":
    main()
