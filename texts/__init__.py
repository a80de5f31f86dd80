"""Message catalogues, one per language. `python -m texts` updates them from the code."""
