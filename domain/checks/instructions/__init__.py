"""Published families of instructions that a program can check."""
