#!/usr/bin/env python3
"""survey.py MAP FOLDER: what 'otpedit survey --csv FOLDER' prints, for images of the STM32MP15.

MAP is 'otpedit show --csv' of one of them: the names and kinds of words. What is counted is the
same, so that both can be held against each other; how long they take is the point.
"""
import csv
import os
import struct
import sys

WORDS = 96
LOCKED = 0x40000000
UNTRUSTED = 0x24000001  # read error, lock error, sticky read lock: the value proves nothing
MAX_DISTINCT = 1024
MAX_NAMED = 8
HEADS = "record,family,id,name,file,board,value,locked,images,distinct,unlocked,text".split(",")


def row(**cells):
    return [cells.get(head, "") for head in HEADS]


def main():
    with open(sys.argv[1], newline="") as file:
        words = list(csv.DictReader(file))
    names = [word["name"] for word in words]
    secret = [word["kind"] in ("secret", "key") for word in words]
    is_key = [word["kind"] in ("hash", "key") for word in words]
    counts = [{} for _ in range(WORDS)]
    named = [{} for _ in range(WORDS)]
    others = [0] * WORDS
    unlocked = [0] * WORDS
    boards, ids, macs = [], {}, {}
    paths = sorted(os.path.join(sys.argv[2], name) for name in os.listdir(sys.argv[2]))
    layout = struct.Struct(f"<{2 + 2 * WORDS}I")
    for index, path in enumerate(paths):
        with open(path, "rb") as file:
            numbers = layout.unpack(file.read())
        open_keys = 0
        for word in range(WORDS):
            value, status = numbers[2 + 2 * word], numbers[3 + 2 * word]
            known = not status & UNTRUSTED
            key = (value if known else 0, known, bool(status & LOCKED))
            count = counts[word]
            if key in count:
                count[key] += 1
                if count[key] <= MAX_NAMED:
                    named[word][key].append(index)
            elif len(count) < MAX_DISTINCT:
                count[key] = 1
                named[word][key] = [index]
            else:
                others[word] += 1
            if is_key[word] and known and value and not status & LOCKED:
                unlocked[word] += 1
                open_keys += 1
        board = "%08X-%08X-%08X" % (numbers[28], numbers[30], numbers[32])
        life = "closed" if numbers[2] & 0x40 else "open"
        boards.append((path, board, open_keys, life))
        ids.setdefault(board, []).append((index, numbers))
        mac = struct.pack("<2I", numbers[116], numbers[118])[:6]
        if mac not in (bytes(6), b"\xff" * 6):
            macs.setdefault(mac, []).append(index)

    def text(word, key):
        value, known, _ = key
        if not known:
            return "unknown"
        return "masked" if secret[word] and value else "0x%08X" % value

    yes = {True: "yes", False: "no"}
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(HEADS)
    outliers = []
    for word in range(WORDS):
        most = max(counts[word], key=counts[word].get)
        agree = counts[word][most]
        distinct = len(counts[word])
        out.writerow(row(record="word", family="stm32mp15", id=word, name=names[word],
                         value=text(word, most), locked=yes[most[2]], images=agree,
                         distinct=("more than %u" if others[word] else "%u") % distinct,
                         unlocked=unlocked[word] or "",
                         text="same" if distinct == 1 else "differs"))
        if distinct > 1 and agree >= 2 and len(paths) - agree <= max(1, len(paths) // 10):
            outliers += [(index, word, key) for key, indices in named[word].items()
                         if key != most for index in indices]
    for path, board, open_keys, life in boards:
        out.writerow(row(record="board", family="stm32mp15", file=path, board=board,
                         unlocked=open_keys or "", text=life))
    for index, word, key in sorted(outliers, key=lambda outlier: outlier[:2]):
        out.writerow(row(record="outlier", family="stm32mp15", id=word, name=names[word],
                         file=boards[index][0], board=boards[index][1], value=text(word, key),
                         locked=yes[key[2]]))
    for board in sorted(ids):
        if len(ids[board]) < 2:
            continue
        if any(numbers != ids[board][0][1] for _, numbers in ids[board]):
            sys.exit("states of one board are not compared here")
        for index, _ in ids[board]:
            out.writerow(row(record="id", family="stm32mp15", file=boards[index][0], board=board,
                             value=board, text="same"))
    for mac in sorted(macs):
        if len({boards[index][1] for index in macs[mac]}) < 2:
            continue
        for index in macs[mac]:
            out.writerow(row(record="mac", family="stm32mp15", file=boards[index][0],
                             board=boards[index][1], value=mac.hex(":"), text="same-mac"))


main()
