"""What is trained or fitted, each by one command."""
