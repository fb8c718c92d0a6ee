"""The pure core: decides what to write where. Standard library only; no clock, no database, no network."""
