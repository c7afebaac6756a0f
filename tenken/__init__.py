"""Tenken (点検): an organisation checks its own posture against information leaks."""

__version__ = "0.1.0"
