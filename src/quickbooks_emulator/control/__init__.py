"""The control desk: everything a test or a person turns, in Python (`desk.py`) and as JSON (`api.py`)."""
