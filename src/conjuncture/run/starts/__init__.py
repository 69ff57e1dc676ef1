"""The state at the end of the base year, one builder for each middle room."""
