"""Room 3: what was found becomes what is learned from."""
