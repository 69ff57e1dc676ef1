"""National accounts: tables, their identities, and models built on them."""
