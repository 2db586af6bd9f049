"""Figures of other systems brought in through pages: upload, see how it is understood, import, take back."""
