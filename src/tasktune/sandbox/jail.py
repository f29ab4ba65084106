"""Walls around a process: namespaces, a file system of its own, another user, limits. Linux's own calls, by way of ctypes.

Sources: unshare(2), mount_setattr(2), pivot_root(2), prctl(2), capset(2), user_namespaces(7), setrlimit(2).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (1 << bit for bit in (17, 25, 26, 27, 28, 29, 30))
_APART = _NEWNS | _NEWCGROUP | _NEWUTS | _NEWIPC | _NEWPID | _NEWNET
_RDONLY, _NOSUID, _NODEV, _BIND, _REC, _PRIVATE = 1, 2, 4, 1 << 12, 1 << 14, 1 << 18
_DETACH, _AT_RECURSIVE, _MOUNT_SETATTR, _PIVOT_ROOT = 2, 0x8000, 442, {"x86_64": 155, "aarch64": 41}
_SET_DUMPABLE, _SET_CHILD_SUBREAPER, _SET_NO_NEW_PRIVS = 4, 36, 38
_CAPABILITIES_3 = 0x20080522

NOBODY = 65534
_FIRST_USER, _USERS = 61184, 4336
"""Users whom nobody is, which systemd keeps for such uses (DynamicUser)."""


def _call(name: str, *arguments: Any) -> None:
    """A function of the C library. Raises `OSError` where it fails."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), name)


def separate(disk: int) -> None:
    """Leave the namespaces of the caller, and all files but Python's library and an empty `/tmp` of `disk` bytes.

    The process itself keeps its number: its children begin the new count of processes. Raises `OSError` where the system does
    not allow it.
    """
    own = os.getuid(), os.getgid()
    try:
        _call("unshare", _APART)
    except PermissionError:
        _call("unshare", _APART | _NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        for kind, number in zip(("uid", "gid"), own, strict=True):
            Path(f"/proc/self/{kind}_map").write_text(f"{number or NOBODY} {number} 1")
    _mount(None, "/", None, _REC | _PRIVATE)
    os.umask(0o022)
    _furnish(Path("/proc"), disk)


def _furnish(place: Path, disk: int) -> None:
    """Make an empty file system, put Python's library into it, and go there. Nothing that is used may lie under `place`."""
    _mount("tmpfs", str(place), "tmpfs", _NOSUID | _NODEV, f"size={disk},nr_inodes=4096,mode=755")
    inside = place / "jail"
    (inside / "tmp").mkdir(parents=True)
    (inside / "tmp").chmod(0o1777)
    library = Path(os.__file__).resolve().parents[1]
    shown: list[Path] = []
    for path in (*map(Path, ("/usr", "/lib", "/lib64", "/bin")), library, Path(os.devnull)):
        there = inside / path.relative_to("/")
        if path.is_symlink():
            there.symlink_to(path.readlink())
        elif path.exists() and not any(path.is_relative_to(other) for other in shown):
            _show(path, there)
            shown.append(path)
    os.chdir(place)
    _call("syscall", _PIVOT_ROOT[os.uname().machine], b".", b".")
    _call("umount2", b".", _DETACH)
    # With a root that is not its file system's, a process can make no user namespaces, and so not become root in one.
    os.chroot("/jail")
    os.chdir("/tmp")


def _show(path: Path, there: Path) -> None:
    """Let a file or folder be seen elsewhere too, where nothing of it can be changed."""
    if path.is_dir():
        there.mkdir(parents=True)
    else:
        there.parent.mkdir(parents=True, exist_ok=True)
        there.touch()
    _mount(str(path), str(there), None, _BIND | _REC)
    kept = _NOSUID if path == Path(os.devnull) else _NOSUID | _NODEV
    settings = (ctypes.c_uint64 * 4)(_RDONLY | kept, 0, 0, 0)
    _call("syscall", _MOUNT_SETATTR, -1, os.fsencode(there), _AT_RECURSIVE, settings, ctypes.sizeof(settings))


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    names = (part and os.fsencode(part) for part in (source, target, kind))
    _call("mount", *names, ctypes.c_ulong(flags), data and data.encode())


def begin_processes() -> None:
    """Let the next child begin a count of processes of its own, in which it sees none but its own."""
    _call("unshare", _NEWPID)


def adopt() -> None:
    """Let orphans of this process's descendants become its own children (Linux only)."""
    if sys.platform == "linux":
        _call("prctl", _SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def own_folder(user: int) -> None:
    """Give the working directory to a user, where one can."""
    if os.geteuid() == 0:
        os.chown(".", user, user)


def give_up_rights(user: int) -> None:
    """Be another user, where one can, with no rights and no way to get any."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if sys.platform == "linux":
        _call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _call("capset", (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)())


def hide() -> None:
    """Let no other process look into the memory of this one (Linux only)."""
    if sys.platform == "linux":
        _call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)


def users() -> tuple[int, int]:
    """Two users whom nobody is, most likely no other trial either."""
    first = _FIRST_USER + 2 * (os.getpid() % (_USERS // 2))
    return first, first + 1


def limit(seconds: int, memory: int, file: int, processes: int) -> None:
    """The most that this process may use, and each that it starts: processor seconds, and bytes of memory and of a file.

    `processes` is how many its user may have, threads included; 0 lets it start none.
    """
    for name, soft, hard in (
        ("CPU", seconds, seconds + 1),
        ("AS", memory, memory),
        ("DATA", memory, memory),
        ("FSIZE", file, file),
        ("NOFILE", 32, 32),
        ("NPROC", processes, processes),
        ("CORE", 0, 0),
        ("MEMLOCK", 0, 0),
        ("MSGQUEUE", 0, 0),
        ("SIGPENDING", 64, 64),
    ):
        kind = getattr(resource, f"RLIMIT_{name}", None)  # macOS has only some of them
        if kind is not None:
            resource.setrlimit(kind, (soft, hard))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
