"""A plan as arrays for a solver: its layout, its blocks, its outcome."""
