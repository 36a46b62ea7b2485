"""How the encoder of questions and passages is made (docs/reader.md)."""
