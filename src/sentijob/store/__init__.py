"""Where jobs rest: SQL on the driver, tables declared once in SQLModel."""
