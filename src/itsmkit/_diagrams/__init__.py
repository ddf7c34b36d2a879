"""What the diagrams of every room are made of: layout, shapes, the room of text, and its spelling."""

__all__: list[str] = []
