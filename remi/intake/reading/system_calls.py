"""A filter on the system calls of a process: what is not listed here fails with EPERM.

Linux only (seccomp-BPF, see the kernel's `Documentation/userspace-api/seccomp_filter.rst`), on
x86_64 and aarch64. Once set it can never be taken off, and every child process inherits it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Callable
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_ALLOW, _KILL_PROCESS = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
# Offsets in `struct seccomp_data`; the low half of a 64-bit argument comes first on both machines.
_NUMBER, _MACHINE, _THIRD_ARGUMENT = 0, 4, 16 + 2 * 8
_PROT_EXEC = 4


class _Machine(NamedTuple):
    """What the kernel calls a processor, and the numbers of the calls that are allowed on it.

    `memory`: mapping memory with a protection as third argument, which must not be executable.
    `others`: giving memory back, waiting for a lock, the clock, the process's own id, writing to
    what is already open, returning from a signal, and ending.
    """

    audit: int
    memory: tuple[int, ...]
    others: tuple[int, ...]


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        memory=(9, 10),  # mmap, mprotect
        # read, write, munmap, brk, rt_sigreturn, mremap, madvise, getpid, exit, futex,
        # clock_gettime, exit_group
        others=(0, 1, 11, 12, 15, 25, 28, 39, 60, 202, 228, 231),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        memory=(222, 226),
        others=(63, 64, 215, 214, 139, 216, 233, 172, 93, 98, 113, 94),
    ),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def program_for(machine: str) -> bytes | None:
    """The filter for a machine (as `os.uname` calls it); None where its calls are not known."""
    known = _MACHINES.get(machine)
    if known is None:
        return None
    listed = [*known.memory, *known.others]
    steps = [
        (_LOAD_WORD, 0, 0, _MACHINE),
        (_JUMP_IF_EQUAL, 1, 0, known.audit),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD_WORD, 0, 0, _NUMBER),
    ]
    for place, number in enumerate(listed):
        # A jump says how many steps to pass over: the rest of the list, the refusal and, where no
        # protection need be looked at, the two steps that do.
        passed = len(listed) - place - 1 + (1 if number in known.memory else 3)
        steps.append((_JUMP_IF_EQUAL, passed, 0, number))
    steps += [
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD_WORD, 0, 0, _THIRD_ARGUMENT),
        (_JUMP_IF_ANY_BIT, 1, 0, _PROT_EXEC),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def prepared_filter() -> Callable[[], bool]:
    """What sets the filter on the process that calls it, for good; it answers False where this
    system cannot. All that takes time is done beforehand."""
    known = sys.platform == "linux" and sys.maxsize > 2**32
    steps = program_for(os.uname().machine) if known else None
    if steps is None:
        return lambda: False
    program = _Program(len(steps) // 8, steps)
    control = ctypes.CDLL(None).prctl
    control.argtypes = (ctypes.c_int, *[ctypes.c_void_p] * 4)

    def set_filter() -> bool:
        # Without the first the kernel takes a filter only from an administrator.
        return bool(
            control(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            and control(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0) == 0
        )

    return set_filter
