"""Demonstration data for the sandbox: schools, staff and a school year around a day, drawn from a seed."""
