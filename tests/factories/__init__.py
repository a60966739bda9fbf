"""Factories: rows for tests, made through the services where there is one."""
