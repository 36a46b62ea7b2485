"""All that is kept between requests, over one database."""

import time
from collections.abc import Callable
from pathlib import Path

from assistant.storage.conversations import SqlConversations
from assistant.storage.counters import Counters
from assistant.storage.database import Database
from assistant.storage.deliveries import Deliveries
from assistant.storage.figures import Figures
from assistant.storage.keys import StoredKeys
from assistant.storage.lacks import Lacks
from assistant.storage.logins import Logins
from assistant.storage.made_rows import MadeRows
from assistant.storage.opinions import Opinions
from assistant.storage.pause import NOTE, Pause
from assistant.storage.ratings import Ratings
from assistant.storage.review import Review
from assistant.storage.shares import Shares
from assistant.storage.trail import Trail


class Store:
    """The database and what is kept in it."""

    def __init__(
        self, url: str, clock: Callable[[], float] = time.time, state_dir: Path | None = None
    ) -> None:
        """Not opened yet: each part opens it when it is first needed. `clock`: seconds since 1970, by which
        logins and limits end. `state_dir`: where this machine notes what it saw of the switch, of a database
        that outlives the process. Raises InvalidSettings."""
        self.clock = clock
        self.database = Database(url)
        self.conversations = SqlConversations(self.database)
        self.ratings = Ratings(self.database)
        self.shares = Shares(self.database)
        self.keys = StoredKeys(self.database)
        self.trail = Trail(self.database)
        self.counters = Counters(self.database, clock)
        self.logins = Logins(self.database, clock)
        lasting = self.database.dialect != "sqlite" or self.database.file is not None
        note = state_dir / NOTE if state_dir and lasting else None
        self.pause = Pause(self.database, note=note)
        self.deliveries = Deliveries(self.database)
        self.review = Review(self.database)
        self.opinions = Opinions(self.database)
        self.lacks = Lacks(self.database)
        self.figures = Figures(self.database)
        self.made_rows = MadeRows(self.database)

    def check(self) -> None:
        """Write to the database now. Raises StorageFault."""
        self.counters.count("check", 1)

    def close(self) -> None:
        """Let go of the database; it is opened again when next needed."""
        self.database.close()
