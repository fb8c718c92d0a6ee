"""The QuickBooks pages: tile, manage, connect, the set-up wizard, activity. They show and ask; ``tieout.sync`` decides and acts."""
