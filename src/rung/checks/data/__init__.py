"""Rules of the data rung."""
