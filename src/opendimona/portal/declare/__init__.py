"""Declaring: drafts, the register's dry run beside them, and the record of what was filed and answered."""
