"""A progress bar, a figure, and a file of results."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from tqdm import tqdm

X, y = load_diabetes(return_X_y=True)
rows = []
for alpha in tqdm(np.logspace(-3, 1, 5), ascii=True, disable=None):
    scores = [Ridge(alpha).fit(X[a], y[a]).score(X[b], y[b]) for a, b in KFold(4, shuffle=True, random_state=0).split(X)]
    rows.append((alpha, np.mean(scores), np.std(scores)))
table = np.array(rows)
np.savetxt("scores.csv", table, delimiter=",")
figure, axis = plt.subplots()
axis.errorbar(table[:, 0], table[:, 1], table[:, 2])
axis.set_xscale("log")
figure.savefig("scores.png", metadata={"Software": None})
plt.show()
print(table.round(4))
