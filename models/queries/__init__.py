"""The only readers: each function takes a connection and the actor, and returns plain rows."""
