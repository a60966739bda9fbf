"""The database: base classes, engines, and the only module that commits."""
