"""Runs that show what is promised."""
