"""Ports for servers that are told beforehand where to listen."""

import socket
from random import SystemRandom

_CHOICE = range(20_000, 32_000)
"""Below those that Linux gives to clients and to who asks for any, so that none of them takes it."""


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    while True:
        port = SystemRandom().choice(_CHOICE)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
