"""Rules of the model rung."""
