"""What the cell writes without a release: help for anomalies, school years and holidays; each version is kept."""
