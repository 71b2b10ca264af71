"""Who is meant: how a declared identity agrees with the persons of the register. Pure, as all of the core."""
