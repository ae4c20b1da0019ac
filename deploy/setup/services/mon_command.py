"""Sends commands to a Ceph monitor: mon_command.py CEPH_CONF CLUSTER_ID JSON...

It speaks through the C library. The `ceph` command does the same, but only under the Python that its packages were
made for, which need not be the one on the PATH.
"""

from __future__ import annotations

import ctypes
import sys
import time

# The monitor is up when this runs; connecting waits for its first election.
CONNECT_TIMEOUT_SECONDS = 60
CLUSTER_ID_TIMEOUT_SECONDS = 10
UNKNOWN_CLUSTER_ID = "00000000-0000-0000-0000-000000000000"


def main() -> None:
    conf, cluster_id, *commands = sys.argv[1:]
    rados = ctypes.CDLL("librados.so.2")
    cluster = ctypes.c_void_p()
    check("create a handle", rados.rados_create2(ctypes.byref(cluster), b"ceph", b"client.admin", ctypes.c_uint64(0)))
    check("read the configuration", rados.rados_conf_read_file(cluster, conf.encode()))
    timeout = str(CONNECT_TIMEOUT_SECONDS).encode()
    check("set the timeout", rados.rados_conf_set(cluster, b"client_mount_timeout", timeout))
    check("connect", rados.rados_connect(cluster))
    wait_for_cluster_id(rados, cluster, cluster_id)
    for command in commands:
        send(rados, cluster, command)


def wait_for_cluster_id(rados: ctypes.CDLL, cluster: ctypes.c_void_p, expected: str) -> None:
    """A client is refused until it has learnt the cluster's id, which may come moments after it has connected.

    The id also tells whether this is our monitor, or that of another set of servers which had the port first.
    """
    deadline = time.monotonic() + CLUSTER_ID_TIMEOUT_SECONDS
    found = ctypes.create_string_buffer(37)
    while True:
        check("ask for the cluster's id", rados.rados_cluster_fsid(cluster, found, ctypes.c_size_t(len(found))))
        cluster_id = found.value.decode()
        if cluster_id == expected:
            return
        if cluster_id != UNKNOWN_CLUSTER_ID or time.monotonic() >= deadline:
            sys.exit(f"services: ceph monitor: expected cluster {expected}, found {cluster_id}")
        time.sleep(0.05)


def send(rados: ctypes.CDLL, cluster: ctypes.c_void_p, command: str) -> None:
    output, status = ctypes.c_char_p(), ctypes.c_char_p()
    output_bytes, status_bytes = ctypes.c_size_t(), ctypes.c_size_t()
    code = rados.rados_mon_command(
        cluster,
        (ctypes.c_char_p * 1)(command.encode()),
        ctypes.c_size_t(1),
        b"",
        ctypes.c_size_t(0),
        ctypes.byref(output),
        ctypes.byref(output_bytes),
        ctypes.byref(status),
        ctypes.byref(status_bytes),
    )
    check(f"run {command}: {ctypes.string_at(status, status_bytes.value).decode(errors='replace')}", code)


def check(what: str, result: int) -> None:
    if result < 0:
        sys.exit(f"services: ceph monitor: could not {what}: error {-result}")


main()
