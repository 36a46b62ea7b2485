"""The pages people see, and the composition of API and chat into one application."""
