"""Reads what other tools logged of a training run: one module a format, `read` tells them apart."""
