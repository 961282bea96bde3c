"""Rules of the training rung."""
