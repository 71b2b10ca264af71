"""What is due when: a page, and a calendar that names nobody."""
