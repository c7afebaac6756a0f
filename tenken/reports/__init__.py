"""The board pack: one model of what is said, rendered as PowerPoint, PDF and Excel."""
