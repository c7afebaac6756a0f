"""Tests that drive a real server with a real Chromium."""
