"""Targets: what was chosen for whom, how far it is, and the sentences about it."""
