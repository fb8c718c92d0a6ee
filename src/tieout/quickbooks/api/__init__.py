"""QuickBooks Online on the wire. Knows nothing of Tieout: no records, no plans, no framework.

Data flow: ``client`` (verbs) -> ``transport`` (the only HTTP) -> ``reading`` (bytes to data) -> ``faults`` (no, in words).
"""
