"""Notices: what is told of everything that the register did, to whom, and how far each recipient has got."""
