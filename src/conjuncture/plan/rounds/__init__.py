"""Planning again and again, and by many: rolling horizons, quotas, councils."""
