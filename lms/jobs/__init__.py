"""Background work: events, the outbox and the worker."""
