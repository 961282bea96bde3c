"""Turns what users have (files, frames, estimators) into inputs. Each file knows one foreign family."""
