#!/usr/bin/python3
"""OpenStack Swift with its S3 interface, all of its servers in one process, for tests.

Usage: swift-server.py PORT ACCESS-KEY SECRET-KEY FOLDER

Listens on 127.0.0.1 and keeps everything in FOLDER. Whoever starts it ends it.
"""
import logging
import os
import sys
import time

import eventlet

eventlet.patcher.monkey_patch()

from eventlet import wsgi  # noqa: E402
from paste.deploy import loadapp  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.storage_policy import reload_storage_policies  # noqa: E402
from swift.common import utils  # noqa: E402

port, access, secret, folder = int(sys.argv[1]), *sys.argv[2:5]
account, user = access.split(":")


def now():
    return time.time()


class Cache(dict):
    """What Swift keeps in memcached; here the process is all there is."""

    def __bool__(self):
        return True

    def get(self, key, raise_on_error=False):
        value, until = super().get(key, (None, 0))
        return value if until == 0 or until > now() else None

    def set(self, key, value, time=0, **_):
        self[key] = (value, 0 if time == 0 else now() + time)

    def incr(self, key, delta=1, time=0):
        value = max(0, int(self.get(key) or 0) + int(delta))
        self.set(key, value, time)
        return value

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -int(delta), time)

    def delete(self, key, server_key=None):
        self.pop(key, None)


def listen():
    return eventlet.listen(("127.0.0.1", 0))


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


quiet = logging.getLogger("wsgi")
quiet.addHandler(logging.NullHandler())
quiet.propagate = False


def serve(app, socket):
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


wsgi.server(eventlet.listen(("127.0.0.1", port), backlog=128), with_cache, quiet, keepalive=True, max_size=1024)
