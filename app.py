"""What `streamlit run app.py` and `uvicorn app:app` start; `python -m tenken serve` is the comfortable way."""

from tenken.server import create_app

app = create_app()
