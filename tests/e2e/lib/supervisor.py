#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What systemd does for a service with sockets, in small, for tests.

usage: supervisor.py [--socket] PROGRAM [ARGUMENT...]

It gives its sockets to the program (LISTEN_FDS), keeps those that the program leaves with it
(FDSTORE=1), starts it again when it ends, and says on standard output what it was told. SIGTERM ends
both.
"""
import ctypes
import os
import select
import signal
import socket
import sys
import tempfile


class Supervisor:
    def __init__(self, program, own):
        self.program = program
        self.units = []
        self.store = {}
        self.ending = False
        self.pid = 0
        self.directory = tempfile.TemporaryDirectory(prefix="notify-")
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.directory.name + "/notify")
        if own:
            unit = socket.create_server(("127.0.0.1", 0), backlog=128)
            self.units.append(("seneschal.socket", unit.detach()))
            self.say(f"socket {socket.socket(fileno=os.dup(self.units[0][1])).getsockname()[1]}")

    @staticmethod
    def say(text):
        print(text, flush=True)

    def start(self):
        sockets = self.units + sorted(self.store.items())
        env = dict(os.environ, NOTIFY_SOCKET=self.notify.getsockname())
        self.pid = os.fork()
        if self.pid != 0:
            return
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it does not outlive us
        moved = [os.dup2(fd, 200 + i) for i, (_, fd) in enumerate(sockets)]
        for i, fd in enumerate(moved):
            os.dup2(fd, 3 + i)
        os.closerange(3 + len(moved), 1024)
        if sockets:
            env.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(sockets)),
                       LISTEN_FDNAMES=":".join(name for name, _ in sockets))
        os.execve(self.program[0], self.program, env)

    def hear(self):
        text, fds, _, _ = socket.recv_fds(self.notify, 4096, 16)
        words = dict(line.partition("=")[::2] for line in text.decode().splitlines())
        name = words.get("FDNAME", "stored")
        for fd in fds:
            known = any(os.path.sameopenfile(fd, other) for other in self.store.values())
            if "FDSTORE" in words and not known:
                self.store[name] = fd
            else:
                os.close(fd)
        if "FDSTOREREMOVE" in words and name in self.store:
            os.close(self.store.pop(name))
        self.say("notify " + " ".join(text.decode().splitlines()))

    def run(self):
        read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        self.start()
        while True:
            ready, _, _ = select.select([self.notify, read], [], [])
            if self.notify in ready:
                self.hear()
            if read not in ready:
                continue
            if signal.SIGTERM in os.read(read, 64):
                self.ending = True
                os.kill(self.pid, signal.SIGTERM)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid == 0:
                continue
            code = os.waitstatus_to_exitcode(status)
            self.say(f"ended {code}")
            if self.ending or code > 0:  # what refuses to start would refuse again
                return
            self.start()


def main():
    words = sys.argv[1:]
    own = words[:1] == ["--socket"]
    Supervisor(words[1:] if own else words, own).run()


main()
