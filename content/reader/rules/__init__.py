"""The numbered rules, one file per subject; importing this package registers them all."""

from . import identity

__all__ = ["identity"]
