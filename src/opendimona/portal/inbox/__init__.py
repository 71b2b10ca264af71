"""What a school was told: every answer, in order, read or not."""
