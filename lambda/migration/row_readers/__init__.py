"""How rows of a database are read to be compared, whatever its make; for `validation` and for `cutover`."""
