"""`python -m tests.bench`: what docs promise about speed, measured and printed as one table. It asserts nothing."""
