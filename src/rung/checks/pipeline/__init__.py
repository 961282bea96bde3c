"""Rules of the pipeline rung."""
