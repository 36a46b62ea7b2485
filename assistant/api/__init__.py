"""The HTTP interface: FastAPI, one file per group of routes, models in one place."""
