"""The small web console at /: plain server pages, no script, marked as a simulator."""
