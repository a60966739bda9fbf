"""The append-only, hash-chained record of every change, grant, export and look at one person (REQ-049)."""
