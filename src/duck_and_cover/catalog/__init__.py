"""Room 2: remember what was found, in one SQLite file and a folder of pictures beside it."""
