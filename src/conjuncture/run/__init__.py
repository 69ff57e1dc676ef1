"""Runs: scenarios, the order of a year, simulation, histories."""
