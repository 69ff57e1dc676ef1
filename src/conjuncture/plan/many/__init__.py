"""Many plans of one economy: variants, and ensembles of tables."""
