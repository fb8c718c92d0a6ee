"""Reports computed from the ledger: request (`asked.py`) -> figures -> rows (`shape.py`). Entry: `run.py`."""
