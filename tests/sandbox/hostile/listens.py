"""Opens a server, and keeps it open."""

import socket
import time

server = socket.create_server(("", 47114))
server.listen()


def solve(n):
    time.sleep(10**6)
