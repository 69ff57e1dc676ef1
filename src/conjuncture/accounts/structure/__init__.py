"""The structure that a table shows: linkages, multipliers, decomposition."""
