"""The filter's program does what it says, on machines that this is not, too."""

import struct

import pytest

from remi.intake.reading.system_calls import program_for

ALLOWED, FAILED, KILLED = 0x7FFF0000, 0x00050001, 0x80000000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# From the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
NUMBERS = {
    "read": (0, 63),
    "write": (1, 64),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigreturn": (15, 139),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "getpid": (39, 172),
    "exit": (60, 93),
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "exit_group": (231, 94),
}


def ruling(program: bytes, audit: int, number: int, protection: int = 3) -> int:
    """What the program answers to a system call whose third argument is `protection`."""
    call = struct.pack("<IIQ6Q", number, audit, 0, 0, 0, protection, 0, 0, 0)
    steps = list(struct.iter_unpack("HBBI", program))
    loaded = place = 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        match code:
            case 0x20:
                (loaded,) = struct.unpack_from("<I", call, value)
            case 0x15:
                place += if_true if loaded == value else if_false
            case 0x45:
                place += if_true if loaded & value else if_false
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(code)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_allows_what_is_listed_and_nothing_else(machine: str) -> None:
    place = ["x86_64", "aarch64"].index(machine)
    program = program_for(machine)
    assert program is not None
    listed = {numbers[place] for numbers in NUMBERS.values()}
    rulings = {n: ruling(program, AUDIT[machine], n) for n in [*range(1024), 2**32 - 1]}
    assert {n for n, said in rulings.items() if said == ALLOWED} == listed
    assert {said for n, said in rulings.items() if n not in listed} == {FAILED}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_memory_cannot_be_made_executable(machine: str) -> None:
    place = ["x86_64", "aarch64"].index(machine)
    program = program_for(machine)
    assert program is not None
    for name, numbers in NUMBERS.items():
        said = ruling(program, AUDIT[machine], numbers[place], protection=7)
        assert said == (FAILED if name in ("mmap", "mprotect") else ALLOWED)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_another_machines_calls_are_never_mistaken_for_ours(machine: str) -> None:
    program = program_for(machine)
    assert program is not None
    for audit in {*AUDIT.values(), 0x40000003} - {AUDIT[machine]}:
        assert {ruling(program, audit, n) for n in range(300)} == {KILLED}
    # The calls of x86_64 with 32-bit addresses have numbers of their own.
    assert ruling(program, AUDIT[machine], 0x40000000 | 1) == FAILED


def test_a_machine_whose_calls_are_not_known_has_no_filter() -> None:
    assert program_for("riscv64") is None
