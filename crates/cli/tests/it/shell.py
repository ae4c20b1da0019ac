"""A person at the shell of `segue sql`: types, reads, goes back, gives up. Arguments: the command."""

import os
import pty
import re
import select
import sys
import time

PATIENCE = 120
PAUSE = 2
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r")
CTRL_C, CTRL_D, UP = "\x03", "\x04", "\x1b[A"


class Terminal:
    def __init__(self, command):
        self.process, self.fd = pty.fork()
        if self.process == 0:
            os.environ["TERM"] = "xterm"
            os.execvp(command[0], command)
        self.text = ""

    def type(self, text):
        os.write(self.fd, text.encode())

    def read(self):
        """More of what is shown, if there is any within a moment; false when the program has ended."""
        if not select.select([self.fd], [], [], 0.2)[0]:
            return True
        try:
            more = os.read(self.fd, 65536)
        except OSError:
            return False
        self.text += ESCAPES.sub("", more.decode(errors="replace"))
        return bool(more)

    def until(self, phrase, meanwhile=None):
        """Waits until a phrase is shown, forgets everything up to it, and returns what stood before. Types something now
        and then meanwhile."""
        deadline, next_time = time.monotonic() + PATIENCE, time.monotonic() + PAUSE
        while phrase not in self.text:
            assert self.read() and time.monotonic() < deadline, f"waited in vain for {phrase!r}: {self.text[-2000:]!r}"
            if meanwhile is not None and time.monotonic() > next_time:
                self.type(meanwhile)
                next_time = time.monotonic() + PAUSE
        before, self.text = self.text.split(phrase, 1)
        return before

    def ask(self, text, phrase):
        self.type(text + "\r")
        return self.until(phrase)

    def ends_with(self, code):
        deadline = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < deadline, "the shell does not end"
        status = os.waitpid(self.process, 0)[1]
        assert os.waitstatus_to_exitcode(status) == code, status


shell = Terminal(sys.argv[1:])
shell.until("default> ")
# A statement goes on to its semicolon, which counts outside of quotes only.
shell.ask("SELECT ';' AS semicolon,", "SELECT")
shell.ask("  6 * 7 AS answer;", "1 row")
assert "42" in shell.ask("SELECT 6 * 7 AS again;", "1 row")
shell.until("default> ")
# What is wrong is said, and the shell goes on; what was typed before comes back.
shell.ask("SELECT nothing FROM nowhere;", "TABLE_NOT_FOUND: line 1:21: ")
shell.type(UP)
shell.until("FROM nowhere;")
shell.type(CTRL_C)
shell.until("default> ")
shell.ask("CREATE TABLE names AS SELECT pid, name FROM raw_playlists;", "1 row")
assert "names" in shell.ask("\\d", "1 row")
assert "pid" in shell.ask("\\d names", "rows")
shell.ask("CREATE DATABASE marts;", "done in")
shell.ask("\\u marts", "database: marts")
shell.ask("\\u nowhere", "SCHEMA_NOT_FOUND")
shell.ask("USE \"default\";", "done in")
shell.ask("\\f jsonl", "format: jsonl")
shell.ask("SELECT count(*) AS n FROM names;", '{"n":120}')
shell.ask("\\f table", "format: table")
shell.ask("\\x datafusion", "dialect: datafusion")
shell.ask("SELECT arrow_typeof(1) AS of;", "Int64")
shell.ask("\\x trino", "dialect: trino")
shell.ask("\\z", "there is no command \\z")
shell.ask("\\?", "Ctrl-D does the same")
shell.until("default> ")
# Nobody waits for 120^6 pairs: Ctrl-C cancels, as often as it takes, and the shell stays.
tables = ", ".join(f"names AS {letter}" for letter in "abcdef")
shell.type(f"SELECT count(*) AS n FROM {tables} WHERE a.pid + b.pid + c.pid + d.pid + e.pid <> f.pid;\r")
shell.until("cancelled", meanwhile=CTRL_C)
shell.until("default> ")
shell.ask("SELECT count(*) + 1000 AS after FROM names;", "1120")
shell.until("default> ")
shell.type(CTRL_D)
shell.ends_with(0)
