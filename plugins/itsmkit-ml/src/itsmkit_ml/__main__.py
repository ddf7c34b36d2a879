"""``python -m itsmkit_ml``: train, evaluate and watch models of tickets."""

from itsmkit_ml.command_line import main

__all__: list[str] = []

main()
