"""The double-entry ledger behind the transactions: what each one posts, and the sums kept from it."""
