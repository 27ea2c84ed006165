"""PostgreSQL as the store's database; needs the extra ``postgres``."""
