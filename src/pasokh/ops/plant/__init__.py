"""Every organisation's telephony for the engine, from the office's compiled documents, without Django."""
