"""The composition root: settings, urls, and the registry that names the ledgers."""
