#!/usr/bin/python3
"""OpenStack Swift with its S3 interface, all of its servers in one process, for tests.

Usage: swift.py FOLDER PORT ACCESS-KEY SECRET-KEY BUCKET

Listens on 127.0.0.1, keeps everything in FOLDER, prints "ready" once the bucket is there, and ends when its standard
input does.
"""
import logging
import os
import sys
import threading
import time

import eventlet

eventlet.patcher.monkey_patch()

from eventlet import wsgi  # noqa: E402
from paste.deploy import loadapp  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.storage_policy import reload_storage_policies  # noqa: E402
from swift.common import utils  # noqa: E402

folder, port, access, secret, bucket = sys.argv[1], int(sys.argv[2]), *sys.argv[3:6]
account, user = access.split(":")


class Cache(dict):
    """What Swift keeps in memcached; here the process is all there is."""

    def get(self, key, raise_on_error=False):
        value, until = super().get(key, (None, 0))
        return value if until == 0 or until > time.time() else None

    def set(self, key, value, time=0, **_):
        self[key] = (value, 0 if time == 0 else _now() + time)

    def incr(self, key, delta=1, time=0):
        value = max(0, int(self.get(key) or 0) + int(delta))
        self.set(key, value, time)
        return value

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -int(delta), time)

    def delete(self, key, server_key=None):
        self.pop(key, None)


def _now():
    return time.time()


def listen():
    return eventlet.listen(("127.0.0.1", 0))


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def serve(app, socket):
    quiet = logging.getLogger("wsgi")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    eventlet.spawn(wsgi.server, socket, app, quiet, keepalive=True, max_size=1024)


os.makedirs(os.path.join(folder, "devices", "d"))
write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n")
utils.SWIFT_CONF_FILE = os.path.join(folder, "swift.conf")
import swift.common.storage_policy as policies  # noqa: E402

policies.SWIFT_CONF_FILE = utils.SWIFT_CONF_FILE
utils.HASH_PATH_SUFFIX, utils.HASH_PATH_PREFIX = b"test", b""
reload_storage_policies()

sockets = {}
for kind in ("account", "container", "object"):
    sockets[kind] = listen()
    ring = RingBuilder(2, 1, 1)
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "d", "ip": "127.0.0.1",
                  "port": sockets[kind].getsockname()[1]})
    ring.rebalance()
    ring.get_ring().save(os.path.join(folder, kind + ".ring.gz"))

common = "swift_dir = %s\ndevices = %s/devices\nmount_check = false\nlog_level = ERROR\nfallocate_reserve = 0\n" % (folder, folder)
for kind, socket in sockets.items():
    config = write(kind + ".conf", "[app:main]\nuse = egg:swift#%s\n%s" % (kind, common))
    serve(loadapp("config:" + config), socket)

proxy = write("proxy.conf", f"""[DEFAULT]
{common}
[pipeline:main]
pipeline = catch_errors s3api tempauth bulk slo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
allow_multipart_uploads = true
force_swift_request_proxy_log = false
max_upload_part_num = 10000
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
rate_limit_after_segment = 10000
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
object_chunk_size = 1048576
client_chunk_size = 1048576
""")
app = loadapp("config:" + proxy)
cache = Cache()


def with_cache(environ, start_response):
    environ["swift.cache"] = cache
    return app(environ, start_response)


serve(with_cache, eventlet.listen(("127.0.0.1", port)))

from swift.common.swob import Request  # noqa: E402

for path in ("/v1/AUTH_%s/%s" % (account, bucket),):
    request = Request.blank(path, environ={"REQUEST_METHOD": "PUT", "swift.cache": cache,
                                           "swift.authorize": lambda _: None, "swift.authorize_override": True})
    answer = request.get_response(app)
    if answer.status_int // 100 != 2:
        sys.exit("%s: %s %s" % (path, answer.status, answer.body.decode()))

print("ready", flush=True)
eventlet.tpool.execute(sys.stdin.read)
os._exit(0)
