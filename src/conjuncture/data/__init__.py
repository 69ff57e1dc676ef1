"""Recorded figures: the catalog of series, the recorded history, the country files."""
