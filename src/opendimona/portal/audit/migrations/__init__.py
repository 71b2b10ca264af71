"""The tables of insurability."""
