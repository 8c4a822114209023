#!/usr/bin/python3 -IS
"""Stands in for the scoring host in tests of local compute: it follows ScoringHostVariables, and does what its
environment and its URLs tell it to. GET / is 503, then 200; SIGTERM drains; the end of standard input ends it."""
import http.server
import json
import os
import signal
import sys
import threading
import time
import urllib.parse

env = os.environ
healthy = False
busy = 0
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global healthy, busy
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        with lock:
            busy += 1
        try:
            if url.path == "/":
                return self.answer(200 if healthy else 503, "ok")
            if url.path == "/env":
                return self.answer(200, json.dumps(dict(env)))
            if url.path == "/pid":
                return self.answer(200, str(os.getpid()))
            if url.path == "/slow":
                print("slow request has begun", flush=True)
                time.sleep(float(query["seconds"]))
                return self.answer(200, "done")
            if url.path == "/log":
                for number in range(int(query.get("count", "1"))):
                    print(query["text"].replace("#", str(number)), flush=True)
                return self.answer(200, "ok")
            if url.path == "/ill":
                healthy = False
                return self.answer(200, "ok")
            if url.path == "/exit":
                os._exit(int(query["code"]))
            if url.path == "/allocate":
                return self.answer(200, str(len(allocate(int(query["mb"])))))
            return self.answer(404, "no such path")
        finally:
            with lock:
                busy -= 1

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


def allocate(megabytes):
    block = bytearray(megabytes << 20)
    for index in range(0, len(block), 4096):
        block[index] = 1
    return block


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


def drain(*_):
    def finish():
        server.shutdown()
        while busy:
            time.sleep(0.005)
        print("drained", flush=True)
        os._exit(0)

    threading.Thread(target=finish).start()


print("stand-in begins", env["SERVICE_VERSION"], flush=True)
print("a line on standard error", file=sys.stderr, flush=True)
if env.get("FAIRLEAD_END_WITH_PARENT") == "1":
    threading.Thread(target=end_with_parent, daemon=True).start()
if "STANDIN_ALLOCATE_MB" in env:
    kept = allocate(int(env["STANDIN_ALLOCATE_MB"]))
if "STANDIN_EXIT" in env:
    print("Exception in init(): no such file: model.pkl", file=sys.stderr, flush=True)
    sys.exit(int(env["STANDIN_EXIT"]))
server = Server((env["FAIRLEAD_BIND_ADDRESS"], int(env["SERVER_PORT"])), Handler)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "STANDIN_IGNORE_SIGTERM" in env else drain)
temporary = env["FAIRLEAD_PORT_FILE"] + ".tmp"
with open(temporary, "w") as file:
    file.write("%d\n" % server.server_address[1])
os.rename(temporary, env["FAIRLEAD_PORT_FILE"])


def become_ready():
    global healthy
    time.sleep(float(env.get("STANDIN_READY_AFTER", "0.02")))
    gate = env.get("STANDIN_READY_WHEN")
    while gate and not os.path.exists(gate):
        time.sleep(0.01)
    healthy = True


threading.Thread(target=become_ready, daemon=True).start()
server.serve_forever()
threading.Event().wait()
