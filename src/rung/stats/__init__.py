"""Arithmetic with a source: intervals, tests, divergences, effect sizes.

Arrays come in, numbers or small frozen results go out. This room knows NumPy and SciPy and nothing of
tables, cases or findings; import from its modules, each of which is about one idea.

Two manners hold everywhere. *Degenerate input is not an error*: with no rows, one row or a constant column the
answer is NaN (or p = 1 where nothing can be rejected). *Wrong input is*: arrays that do not belong together
raise ValueError with both shapes. Randomness comes from a `seed` argument and from nothing else.
"""
