"""The assistant for programs that speak the Model Context Protocol (docs/mcp.md)."""
