"""Drawn pieces that pages are made of. Like pages they read, draw, and write through session.act()."""
