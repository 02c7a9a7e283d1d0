"""Kills a worker in the middle of its work: kill_one.py PID NAME SECONDS

It is the first descendant of PID with NAME in its command line that has used so much processor time. Fails if PID
ends before there is one.
"""

import os
import signal
import sys
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processes():
    """{pid: (parent, seconds of processor time)}"""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(stat.parent.name)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS
    return found


def descends(pid, ancestor, table):
    while pid in table:
        if pid == ancestor:
            return True
        pid = table[pid][0]
    return False


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


ancestor, name, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
while True:
    table = processes()
    if ancestor not in table:
        sys.exit(f"process {ancestor} ended before a {name} had used {seconds} s")
    for pid, (_, used) in table.items():
        if used >= seconds and pid != ancestor and descends(pid, ancestor, table) and name in command(pid):
            os.kill(pid, signal.SIGKILL)
            print(f"killed {pid} after {used:.1f} s: {command(pid)[:200]}")
            sys.exit()
    time.sleep(0.1)
