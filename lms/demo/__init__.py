"""The demo: a made-up small district with people and their learning of the past fourteen months.

Everything is made through the services, marked `is_demo`, and the same for the same day."""

from lms.demo.maker import make_demo, reset_demo

__all__ = ["make_demo", "reset_demo"]
