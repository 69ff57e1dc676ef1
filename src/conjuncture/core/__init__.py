"""Foundations: errors, origin cards, state variables and the mechanism registry."""
