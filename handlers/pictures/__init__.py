"""Pictures: what they show, how they are drawn by Pillow, and the one thread in which that happens."""
