"""Watches a running thing and writes an input."""
