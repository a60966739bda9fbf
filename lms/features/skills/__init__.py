"""Evidence of learning, and the levels it supports."""
