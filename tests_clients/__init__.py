"""Clients that we did not write, unmodified, against the sandbox: ``make test-clients``."""
