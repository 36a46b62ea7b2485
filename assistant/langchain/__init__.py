"""The assistant for programs that are built with LangChain."""
