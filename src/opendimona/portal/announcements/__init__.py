"""Announcements: what the cell writes to all schools, to some, and who has read it."""
