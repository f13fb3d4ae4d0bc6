"""The number systems: what a sweep computes with. floats.py computes numbers, symbols.py builds a new graph."""
