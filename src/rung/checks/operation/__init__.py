"""Rules of the operation rung."""
