"""The cases of `bad_input`: small files made on the spot, and the arguments that a person would type."""

from benchmarks.bad_cases import columns, files, models, options, other_tables, values
from benchmarks.bad_cases.base import CASES, BadCase

__all__ = ["CASES", "BadCase", "columns", "files", "models", "options", "other_tables", "values"]
