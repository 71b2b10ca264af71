"""The tables of texts."""
