"""Rules of the evaluation rung."""
