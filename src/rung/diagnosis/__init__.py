"""Ranks causes: pure functions on findings."""
