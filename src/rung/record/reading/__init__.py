"""Reads a script without running it, and writes a `Trace` whose rows are symbols."""
