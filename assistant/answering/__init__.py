"""Evidence in, an answer's parts out: what answers, what is missing, what leads."""
