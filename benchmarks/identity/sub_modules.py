"""Helper modules beside the program, imported late and again."""

import importlib

import helper_features
import numpy as np

print(helper_features.__file__.rpartition("/")[2], helper_features.standard(np.arange(12.0).reshape(4, 3)).round(3).tolist())
importlib.reload(helper_features)
from helper_features import Scale  # noqa: E402

print(Scale.__module__, Scale().apply(np.array([1.0, 2.0, 4.0])), helper_features.__doc__, helper_features.__spec__.name)
