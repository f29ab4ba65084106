"""Run a server until it is told to stop."""

from __future__ import annotations

from ipaddress import ip_address

from tasktune.core import InputError
from tasktune.serve.app import Service, app
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
    config = uvicorn.Config(app(service, LOOPBACK if own else ("*",)), host, port, log_level="warning", server_header=False)
    server = uvicorn.Server(config)
    try:
        socket = config.bind_socket()
    except SystemExit:
        raise InputError(f"port {port} of {host} is taken or not allowed; give another with --port") from None
    with socket:
        told = socket.getsockname()
        say(f"serving {', '.join(f'/{name}' for name in service.answers)} on http://{told[0]}:{told[1]} (Ctrl-C ends it)")
        server.run([socket])


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
