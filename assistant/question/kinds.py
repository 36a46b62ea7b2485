"""What kind of thing somebody asks for."""

from assistant.question.clauses import clauses
from assistant.question.patterns import Asked, load_patterns
from index.text.lexicon import standardise


def kind_asked(own: str) -> Asked:
    """The kind of thing that the last asking clause of the asker's words asks for."""
    kinds = [load_patterns().asked(standardise(clause.text + clause.mark)) for clause in clauses(own)]
    return next((kind for kind in reversed(kinds) if kind is not Asked.OTHER), Asked.OTHER)
