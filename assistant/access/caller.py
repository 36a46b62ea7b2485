"""Who makes a call, as the guard found it: the routes ask here, and nowhere else."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from assistant.access.keys import Key

CALLER_KEY = "policy_qa.caller"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call."""

    address: str = ""
    """The client's address; of an IPv6 one the first 64 bits."""
    key: Key | None = None
    """The key that was shown and is good; None where none was shown."""
    secrets: tuple[str, ...] = ()
    """Conversations' secrets that were shown (`X-Conversation-Secret`, several by commas)."""

    @property
    def owner(self) -> str | None:
        """Id of the key to which a conversation belongs besides its secret: not a public one's."""
        return None if self.key is None or self.key.public else self.key.id


def caller_of(connection: HTTPConnection) -> Caller:
    """The caller of a request; an unknown one where no guard stands before the application."""
    found: Caller = connection.scope.get(CALLER_KEY) or Caller()
    return found
