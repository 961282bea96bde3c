"""One experiment a file: change one thing, measure again, compare in pairs."""
