from duck_and_cover.cli import main

main()
