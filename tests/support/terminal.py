#!/usr/bin/env python3
"""What a person sees: the command on a terminal of its own (a pseudo terminal), fed slowly.

terminal.py COMMAND...      runs it as a stream; says what its line of progress was like
"""
import os
import pty
import re
import struct
import subprocess
import sys
import fcntl
import termios
import time

SECONDS = 2.0


def run(command, columns=60):
    """What the command prints to a terminal, in the pieces in which it came, with their times."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    os.set_blocking(ours, False)
    pieces, begin, number = [], time.monotonic(), 0
    while True:
        if time.monotonic() - begin < SECONDS:
            child.stdin.write(b'{"text":"%d"}\n{broken\n' % number if number == 20 else b'{"text":"%d"}\n' % number)
            child.stdin.flush()
            number += 1
        elif not child.stdin.closed:
            child.stdin.close()
        time.sleep(0.02)
        try:
            piece = os.read(ours, 65536)
        except BlockingIOError:
            continue
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        pieces.append((time.monotonic() - begin, piece.decode()))
    os.close(ours)
    return child.wait(), pieces


def main():
    code, pieces = run(sys.argv[1:])
    pieces = [(at, piece.replace("\r\n", "\n")) for at, piece in pieces]
    text = "".join(piece for _, piece in pieces)
    draws = re.findall(r"\r([^\r\n]*)\x1b\[K", text)
    drawn = [draw for draw in draws if draw]
    print("exit", code)
    print("lines of progress:", "none" if not drawn else "some" if len(drawn) >= 4 else f"only {len(drawn)}")
    print("not more than 6 a second:", len(drawn) <= 6 * (SECONDS + pieces[-1][0] - SECONDS) + 2 if pieces else True)
    print("no wider than the terminal:", all(len(draw) < 60 for draw in drawn))
    print("each drawn over the one before, in one piece:", all(piece.count("\r") == piece.count("\x1b[K") for _, piece in pieces))
    print("gone at the end:", not drawn or text.rstrip().rfind("\r\x1b[K") > text.rfind(drawn[-1]))
    print("the problem stands on a line of its own:", "\r\x1b[Kdedup: -:22: " in text or bool(re.search(r"^dedup: -:22: ", text, re.M)))


if __name__ == "__main__":
    main()
