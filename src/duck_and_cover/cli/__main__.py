"""`python -m duck_and_cover.cli`."""

from duck_and_cover.cli import main

main()
