"""Population, labour and the armed forces."""
