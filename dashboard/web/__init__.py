"""Sign-in, session cookie, headers, downloads, health: plain ASGI, no Streamlit calls."""
