"""An end-to-end run of a deployed stack: payments flow while the source is cut over, rolled back and cut over again."""
