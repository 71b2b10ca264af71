"""Persons, their appointments in schools, and the portal's mirror of their Dimona periods."""
