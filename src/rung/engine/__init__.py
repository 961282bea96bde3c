"""Finds the leaves, plans, asks and runs. Knows no fact and no check by name."""
