"""Commands by what they are about; `lms/cli.py` gathers them."""
