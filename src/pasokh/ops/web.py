"""The web role: one ASGI application of Django, the live hub and the web chat, under uvicorn."""
