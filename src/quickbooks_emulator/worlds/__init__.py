"""Named worlds: what an empty emulator is filled with."""

from quickbooks_emulator.worlds.fill import fill

__all__ = ["fill"]
