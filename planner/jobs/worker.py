"""The process that serves jobs, one after another: `python -m planner.jobs.worker`.

Messages are pickles behind their length, from its parent alone, over its standard input and output. A thread reads all
the time, so that the process ends at once when its parent is gone, even in the middle of a job."""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from typing import IO, Any

LENGTH = struct.Struct("<Q")
READY = ("ready", None)
"""First message of a process: the clock of its first job starts here."""


def send(stream: IO[bytes], message: Any) -> None:
    """One message; OSError if nobody listens."""
    data = pickle.dumps(message)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message; EOFError if there is none any more."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(head)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)  # written by the parent or by the child on the same pipe, never from outside


def call(function: str, payload: Any) -> Any:
    """The result of `package.module:name` for a payload."""
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)(payload)


def limit_memory(memory_mb: int | None) -> bool:
    """Limit the address space of this process; False where the system cannot."""
    if memory_mb is None:
        return True
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    except (ImportError, OSError, ValueError):  # Windows has no such limit; macOS refuses some values
        return False
    return True


def _told(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _reader(stream: IO[bytes], inbox: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            inbox.put(receive(stream))
    except EOFError:
        os._exit(0)  # the parent is gone, and nobody wants what is being computed


def limit_processors(count: int) -> None:
    """Have this process count so many processors, as PYTHON_CPU_COUNT does from Python 3.13 on: searches start a thread
    for each. Before any of them is imported."""
    os.cpu_count = lambda: count


def main() -> None:
    """Serve until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not come between the messages
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    limit_memory(int(sys.argv[1]) or None)
    limit_processors(int(sys.argv[2]))
    threading.Thread(target=_reader, args=(sys.stdin.buffer, inbox), daemon=True).start()
    send(results, READY)
    while True:
        function, payload = inbox.get()
        try:
            answer = ("value", call(function, payload))
        except MemoryError:
            os._exit(12)  # nothing in this process can be trusted to have memory now
        except Exception as error:  # a job's own failure is its result
            answer = ("error", _told(error))
        send(results, answer)


if __name__ == "__main__":
    main()
