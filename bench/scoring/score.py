"""The entry script both servers run: the least a run() can do with JSON."""
def init():
    pass


def run(data):
    return {"characters": len(data)}
