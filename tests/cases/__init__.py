"""Builders that the tests share: real small tables, cases, and one rule run on one case."""

from cases.build import apply, case_of, findings_of, planted, run_rule
from cases.real import breast_cancer, diabetes, digits, healthy, wine

__all__ = ["apply", "breast_cancer", "case_of", "diabetes", "digits", "findings_of", "healthy", "planted", "run_rule", "wine"]
