"""Exact figures: the catalogue of measures, one name, one formula, one version."""
