"""Conjuncture: executable political economy.

Tables (national accounts), plans (linear programmes over tables), histories
(labelled arrays of territories over years) and theories (mechanisms,
definitions, policy and claims as files).
"""

__version__ = "0.1.0"
