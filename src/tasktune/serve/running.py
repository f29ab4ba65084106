"""Run a server until it is told to stop."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from tasktune.core import InputError
from tasktune.serve.app import WAITING, Service, app
from tasktune.verbs.progress import say

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def run(service: Service, host: str, port: int) -> None:
    """Answer on `host` and `port` (0 for any that is free) until interrupted.

    Only loopback names are answered to, unless `host` is another: then any, since a server cannot know what it is called.
    Raises `InputError` where the port is taken.
    """
    import uvicorn

    own = is_loopback(host)
    if not own:
        say(f"whoever reaches {host} can ask this server, without any password; put one that asks for it in front of it")
    served = app(service, LOOPBACK if own else ("*",))
    config = uvicorn.Config(served, log_level="warning", server_header=False, limit_concurrency=2 * WAITING)
    with _listening(host, port) as listener:
        place = f"[{host}]" if ":" in host else host
        paths = ", ".join(f"/{name}" for name in service.answers)
        say(f"serving {paths} on http://{place}:{listener.getsockname()[1]} (Ctrl-C ends it)")
        uvicorn.Server(config).run([listener])


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as wrong:
        raise InputError(f"nothing can listen on port {port} of {host}: {wrong}. Give others with --host and --port") from None


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
