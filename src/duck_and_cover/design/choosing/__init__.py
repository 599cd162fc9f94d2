"""What suits a record: weights of a genre in a year, and a choice drawn from them."""
