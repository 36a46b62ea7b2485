"""How the server listens, starts and runs: in one process, or as a front that holds the clients' connections
and forwards their requests to workers."""
