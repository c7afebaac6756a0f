"""What `streamlit run app.py` and `uvicorn app:app` start; `python -m tenken serve` is the comfortable way.

`streamlit run` finds the application by reading this file: the call of st.App has to stand here in plain sight.
"""

import streamlit as st

from tenken.server import app_arguments

app = st.App(**app_arguments())
