"""Files beside records: an upload (`multipart.py`) -> Attachable and its bytes (`files.py`) -> download links."""
