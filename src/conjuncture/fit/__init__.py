"""Parameters fitted on windows before 1945: data, estimators, posteriors."""
