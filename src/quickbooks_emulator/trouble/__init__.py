"""Scripted faults: rules that match calls (`rules.py`) and what they do to them (`effects.py`)."""
