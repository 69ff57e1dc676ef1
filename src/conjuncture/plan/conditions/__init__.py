"""Conditions that a plan may have beside those of every plan: one file each."""
