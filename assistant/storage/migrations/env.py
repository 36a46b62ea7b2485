"""What Alembic runs for each upgrade: the steps, over the connection that it was given."""

from alembic import context

from assistant.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
