"""Being told by hubs: real sockets, real SQLite, a hub that does what the specification says, or does not."""
