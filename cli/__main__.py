"""`python -m cli` is the `schemabot` command."""

from cli.main import main

main()
