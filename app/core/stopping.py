"""Whether this worker was asked to stop: told by the main process, read by its children.

A flag in shared memory, made before the fork, because a pool's child hears no signal of its own
during a warm shutdown and would work on for minutes.
"""

import ctypes
import multiprocessing

_asked = multiprocessing.RawValue(ctypes.c_bool, False)


def ask() -> None:
    _asked.value = True


def asked() -> bool:
    return bool(_asked.value)
