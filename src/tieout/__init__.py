"""Tieout: an accounting practice kept tied out with its QuickBooks Online company."""
