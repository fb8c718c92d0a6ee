"""The query language: text -> Query (`parser.py`) -> rows (`run.py`)."""
