"""Comprehensions of every kind, and lists drawn, sliced and joined: what is looked at is not changed."""

import random
import numpy as np
rows = [(i, i % 3) for i in range(40)]
cols = [list(c) for c in zip(*rows)]
print(len(cols), sum(cols[1]))
def f(names, table):
    x = [table[n] for n in names]
    y = [[a * b for a in names] for b in names]
    z = [a for a in (inner for inner in names) if a]
    w = [n for n in names if (k := n) > 1]
    return len(x), len(y), len(z), len(w)
print(f([0, 1, 2], {0: 1, 1: 2, 2: 3}))
def g(n):
    return [missing[i] for i in []] if n == 0 else [i for i in range(n)]
print(g(0), g(3))
class A:
    k = 3
    v = [i for i in range(4)]
    def m(self): return [self.k * i for i in self.v]
print(A().m(), [a + b for a, b in zip([1, 2], [3, 4])], [i for i, _ in enumerate("abc")])
big = list(range(100)); random.Random(0).shuffle(big); print(big[:5], sum(big[50:]))
d = {"x": list("abcdefghijklmnopqrstuvwxyz")}
print([c.upper() for c in d["x"]][:3], [*d["x"][3:30]][:2], (d["x"] + ["1"])[-1])
it = iter([1, 2, 3]); print([v for v in it], list(it))
try:
    [1 / v for v in [0]]
except ZeroDivisionError as e:
    print("zero", e)
try:
    [undefined_name[i] for i in [1]]
except NameError as e:
    print(e)
