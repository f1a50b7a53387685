"""Memory of a process that frees and takes large arrays for minutes: every month's problem, again and again."""

from __future__ import annotations

import ctypes

_LARGE_BYTES = 128 * 1024
_ARENAS = 2
"""One is a little slower: months are solved on all cores."""
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h."""


def give_back_large_blocks() -> None:
    """Have glibc give every large block back as soon as it is freed, and keep small ones in two places for all threads.
    By itself it keeps more and more of them, in pieces that fit nothing: a third of the memory of a year's search.
    Elsewhere this does nothing."""
    try:
        c = ctypes.CDLL(None)
        c.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        c.mallopt(_ARENA_MAX, _ARENAS)
    except (AttributeError, OSError, TypeError):  # another C library
        return
