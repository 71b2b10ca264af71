"""The guide: what New DIMONA changed, its words, its answers and its deadlines, on short pages."""
