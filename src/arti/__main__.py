from arti.cli import main

main()
