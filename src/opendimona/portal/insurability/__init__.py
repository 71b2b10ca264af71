"""Insurability: payroll extracts compared with accepted periods, so that nobody who is paid stays uninsured."""
