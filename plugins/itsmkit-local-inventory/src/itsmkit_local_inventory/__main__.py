"""``python -m itsmkit_local_inventory``: print the inventory of this machine as JSON."""

from itsmkit_local_inventory.command_line import main

__all__: list[str] = []

main()
