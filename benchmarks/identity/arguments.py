"""Command line, logging and exit code."""

import argparse
import logging
import sys

import numpy as np
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int, default=100)
parser.add_argument("--verbose", action="store_true")
args = parser.parse_args()
logging.basicConfig(
    stream=sys.stdout, level=logging.INFO if args.verbose else logging.WARNING, format="%(levelname)s %(funcName)s %(lineno)d %(message)s"
)
X, y = load_wine(return_X_y=True)
keep = np.random.default_rng(3).choice(len(X), args.rows, replace=False)
forest = RandomForestClassifier(50, random_state=1).fit(X[keep], y[keep])
logging.info("score %.4f", forest.score(X, y))
print(sys.argv[1:], __name__, __file__.rpartition("/")[2])
sys.exit(3 if args.verbose else 0)
