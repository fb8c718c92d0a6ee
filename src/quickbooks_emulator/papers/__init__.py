"""What a transaction becomes on paper and by mail: text lines (`layout.py`) -> a PDF (`pdf.py`); `mail.py` sends."""
