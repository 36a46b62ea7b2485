"""Steps from every released form of the database to today's (Alembic)."""
