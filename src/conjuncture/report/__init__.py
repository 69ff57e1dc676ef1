"""Reports: summaries, figures and self-contained pages of runs."""
