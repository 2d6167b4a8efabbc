#!/usr/bin/env python3
"""show.py MAP IMAGE: the words of an image of an STM32MP15 as 'otpedit show --csv' has them.

MAP is 'otpedit show --csv' of any image of the family: names and kinds come from it. What is
printed are the columns id, value, status, locks, name and kind; how long that takes is the point.
"""
import csv
import struct
import sys

WORDS = 96
UNTRUSTED = 0x24000001  # read error, lock error, sticky read lock: the value proves nothing
LOCKS = ((27, "sticky-program"), (28, "sticky-write"), (29, "sticky-read"), (30, "permanent"))


def main():
    with open(sys.argv[1], newline="") as file:
        words = list(csv.DictReader(file))
    with open(sys.argv[2], "rb") as file:
        numbers = struct.unpack_from(f"<{2 + 2 * WORDS}I", file.read())
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("id", "value", "status", "locks", "name", "kind"))
    for word, about in enumerate(words):
        value, status = numbers[2 + 2 * word], numbers[3 + 2 * word]
        text = "" if status & UNTRUSTED else "0x%08X" % value
        if text and value and about["kind"] in ("secret", "key"):
            text = "masked"
        locks = " ".join(name for bit, name in LOCKS if status >> bit & 1)
        out.writerow((word, text, "0x%08X" % status, locks, about["name"], about["kind"]))


main()
