"""Dated parameters of the rules (REQ-044)."""
