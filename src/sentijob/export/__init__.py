"""Jobs as documents, and results as files."""
