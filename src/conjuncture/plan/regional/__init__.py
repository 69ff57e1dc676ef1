"""Plans over several territories: joining, sourcing, shares, files, and what they say."""
