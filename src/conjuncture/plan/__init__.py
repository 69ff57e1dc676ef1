"""Plans: what to produce, build, import and consume over several years, and at what prices."""
