"""The entries of the catalogue, by size."""
