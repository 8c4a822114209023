"""Needs more memory than its service allows."""


def init():
    global held
    held = bytearray(b"x") * (400 * 1024 * 1024)


def run(data):
    return len(held)
