"""How answers are judged: pure functions on frozen values (formulas: docs/scoring.md).

Nothing here knows Streamlit, SQL or the clock, and only `scoring.load` opens a file.
"""
