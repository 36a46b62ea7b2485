"""`make load`: how many questions a second the service answers, beside what its models alone could do."""
