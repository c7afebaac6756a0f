"""One script a page: read, compute, draw. Streamlit runs these files; nothing imports them."""
