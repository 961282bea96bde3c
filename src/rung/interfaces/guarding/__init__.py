"""Guards: written from a report, run on the broken state and on a mended copy, handed over where they tell the two apart."""
