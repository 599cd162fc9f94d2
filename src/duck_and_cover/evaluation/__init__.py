"""Room 6: measure covers. One metric a file; every metric takes uint8 batches and knows nothing of networks."""
