"""Plans of the past beside what happened."""
