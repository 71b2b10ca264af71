"""Whoever works in a school, and the periods declared for them."""
