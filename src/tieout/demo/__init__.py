"""The demonstration: one command starts everything on this machine, with a sample firm and an emulated QuickBooks."""
