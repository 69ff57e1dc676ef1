"""Our own methods for large plans, and how long solves are watched, stopped and resumed."""
