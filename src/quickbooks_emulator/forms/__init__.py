"""What transaction forms have in common: lines, totals, tax, numbers, links. Entity files put these together."""
