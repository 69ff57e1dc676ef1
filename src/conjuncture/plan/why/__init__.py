"""Why a plan is as it is: causes, prices, ranges, contradictions, in words."""
