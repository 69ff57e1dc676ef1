"""Theories judged: claims, checks over histories, verdicts and the guard against circles."""
