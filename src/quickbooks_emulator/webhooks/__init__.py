"""Webhooks: events become deliveries (`queue.py`), deliveries become requests (`envelope.py`, `pump.py`)."""
