"""Row readers: compare rows of two databases by checksums, independent of the engine.

The validation and the final validation of the cutover use them.
"""
