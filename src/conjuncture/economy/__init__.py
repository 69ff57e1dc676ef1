"""Economies under property regimes: plan, market, production, capital, technique."""
