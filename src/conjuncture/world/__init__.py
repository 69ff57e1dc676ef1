"""What happens between states: war and its losses."""
