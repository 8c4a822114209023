"""Tells which version answers, and counts what it was asked."""

import os

asked = 0


def init():
    pass


def run(raw_data):
    global asked
    asked += 1
    print("asked", asked, flush=True)
    return os.environ["VERSION"]
