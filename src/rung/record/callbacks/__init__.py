"""Callbacks of training libraries: each tells a run when it begins and ends, or hands it the numbers that the library logs."""
