"""Who signs in, and for which schools they may act."""
