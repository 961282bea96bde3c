import warnings

from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier


X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.4, random_state=0)
net = MLPClassifier((40,), max_iter=600, tol=1e-3, random_state=0)
net.fit(X_train, y_train)
print("accuracy", accuracy_score(y_test, net.predict(X_test)))
