"""QuickBooks Online as one ledger: ``api`` speaks its protocol, ``ledger`` implements ``tieout.reconcile.ports.Ledger``."""
