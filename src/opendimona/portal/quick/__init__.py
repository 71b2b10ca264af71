"""The public quick declaration: one entry in the fewest fields, without an account."""
