"""What the promises say, tried many times over: `make prove` in full, `make test` in short (tests/test_proofs.py)."""
