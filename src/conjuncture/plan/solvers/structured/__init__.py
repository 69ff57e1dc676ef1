"""Our own solver of large plans: an interior point method that follows the years."""
