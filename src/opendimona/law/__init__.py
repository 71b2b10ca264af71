"""Law as data: effective-dated tables with their sources, and their reader. Nothing here decides anything."""
