"""Scores: how well a run's ensemble forecast the record, against simple baselines."""
