"""Figures for people: the explorer, the contacts behind a figure, dashboards, kept views, reports by mail."""
