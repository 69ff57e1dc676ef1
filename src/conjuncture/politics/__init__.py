"""Politics: masses, parties, revolution, and the stability of regimes."""
