"""Reading a plan: why, what one more is worth, what contradicts, what differs."""
