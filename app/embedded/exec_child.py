"""Becomes another program: one that does not outlive its starter and need not run as root.

Run by path with `python -I -S` (15 ms, nothing of ours is imported); `processes.py` writes its
arguments. A `preexec_fn` would do the same inside `fork` and can deadlock beside a thread.

As root, PostgreSQL must run under another account and yet reach folders only root may enter: the
data folder and, often, the interpreter's. Opening those to everybody would be the wrong cure, so
the program keeps one capability, CAP_DAC_OVERRIDE. Linux only.
"""

import argparse
import ctypes
import os
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def drop_root(  # pragma: no cover - its process becomes another program; tests see that one
    libc: ctypes.CDLL, uid: int, gid: int
) -> None:
    """Becomes `uid:gid`, keeping only the right to pass closed doors of the file system."""
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    mask = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if libc.capset(header, sets) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def die_with(starter: int, death_signal: int) -> None:  # pragma: no cover - same
    """From here on the kernel sends `death_signal` when the starter ends. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != starter:
            sys.exit("the process that started this one is gone already")


def main() -> None:  # pragma: no cover - same
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--death-signal", type=int, required=True)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("program", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    os.umask(0o077)
    if sys.platform == "linux" and asked.uid is not None:
        try:
            drop_root(ctypes.CDLL(None, use_errno=True), asked.uid, asked.gid)
        except PermissionError:
            sys.exit("root may not become another user here: start llmops as an ordinary user")
    die_with(asked.parent, asked.death_signal)  # after the change of user, which clears it
    program = asked.program[1:]
    os.execv(program[0], program)  # noqa: S606 - becoming another program is the purpose


if __name__ == "__main__":  # pragma: no cover - same
    main()
