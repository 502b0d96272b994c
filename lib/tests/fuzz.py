"""Breaks sound files of a parser in many ways, and looks for what it still accepts with a naive reader.

``python -m fuzz PARSER COUNT`` prints the figures; what was wrong is told on the error channel with its seed.
"""

from __future__ import annotations

import json
import random
import sys
import time
import traceback
import warnings
import zlib

import naive

_PIECES = (
    *(
        b"",
        b"\0",
        b"\xff",
        b"\xc3",
        b";",
        b",",
        b"\t",
        b'"',
        b"'",
        b"\n",
        b"\r\n",
        b"0",
        b"-",
        b"(",
        b")",
        b"999",
        b"000",
        b"@",
    ),
    *(
        b"<",
        b">",
        b"&",
        b"<!DOCTYPE a>",
        b"<![CDATA[",
        b"]]>",
        b"&#x0;",
        b"NaN",
        b"1e9",
        b"1,5",
        b"1.500",
        b"99999999",
        b"PK\x05\x06",
    ),
    *(
        b"<f>A1</f>",
        b' r="100000000"',
        b' t="s"',
        b"=1+1",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"P",
        b"N",
        b"R",
        b"*",
        b"{1,9999}",
        b"(a+)+",
    ),
)


def broken(data: bytes, chance: random.Random) -> bytes:
    """A file with one to four things wrong."""
    raw = bytearray(data)
    for _turn in range(chance.randint(1, 4)):
        if not raw:
            break
        start = chance.randrange(len(raw))
        end = min(len(raw), start + chance.choice((0, 1, 1, 2, 8, 60, 400)))
        piece = chance.choice(
            (chance.choice(_PIECES), bytes(raw[start:end]) * 2, chance.randbytes(3), _digit(raw, start))
        )
        raw[start : max(end, start + (len(piece) == 1))] = piece
    return bytes(raw)


def _digit(raw: bytearray, start: int) -> bytes:
    """Another digit, where there is one: the value that is easiest taken for sound."""
    return bytes([48 + (raw[start] - 47) % 10]) if 48 <= raw[start] < 58 else bytes([raw[start]])


def _peak() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def run(parser: str, count: int) -> dict[str, float]:
    """The figures of a parser."""
    warnings.simplefilter("ignore")  # zeep tells of what it leaves out
    subject = naive.SUBJECTS[parser]()
    samples = subject.samples()
    for sample in samples:
        subject.read(sample)
    before, slowest, accepted, crashes, false = _peak(), 0.0, 0, 0, 0
    for seed in range(count):
        chance = random.Random(zlib.crc32(f"{parser} {seed}".encode()))
        data = subject.mutate(chance.choice(samples), chance, broken)
        started = time.process_time()
        try:
            values = subject.read(data)
        except Exception:  # noqa: BLE001 - what is looked for
            crashes += 1
            sys.stderr.write(f"{parser} {seed}: {traceback.format_exc(limit=-3)}\n")
            continue
        finally:
            slowest = max(slowest, time.process_time() - started)
        if values is None:
            continue
        accepted += 1
        if wrong := [value for value in values if not subject.sees(data, value)]:
            false += 1
            sys.stderr.write(f"{parser} {seed}: {wrong[:3]} is not in the file\n")
    megabytes = (_peak() - before) / 1024
    return {
        "accepted": accepted,
        "crashes": crashes,
        "false": false,
        "seconds": round(slowest, 3),
        "megabytes": round(megabytes, 1),
    }


if __name__ == "__main__":
    json.dump(run(sys.argv[1], int(sys.argv[2])), sys.stdout)
