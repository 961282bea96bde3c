"""One rule a file: a function from facts to findings."""
