"""OpenDimona: an open implementation of New DIMONA, Belgium's immediate declaration of employment."""
