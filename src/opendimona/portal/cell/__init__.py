"""The DIMONA cell: one queue over all schools."""
