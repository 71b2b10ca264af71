"""The first page: what needs somebody, and who has the ball."""
