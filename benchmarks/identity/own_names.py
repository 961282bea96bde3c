"""A program that lists its own names sees what it always saw."""

import numpy as np

table = np.eye(3)
part = table[:2]
print(sorted(name for name in globals() if not name.startswith("__")), sorted(vars())[:3], len(dir()))
