"""Organising powers, their schools, and the employers of record under whose numbers staff are declared."""
