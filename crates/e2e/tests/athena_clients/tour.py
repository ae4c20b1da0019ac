"""Runs a page of documentation: its blocks of shell and Python in order, in one shell, and compares what they print with
the block of text behind each. Arguments: the page, the folder to work in, and `9100=PORT`, which says what stands for
the port in it; PROGRAMS has the folders of programs. With --write, the page gets what was seen instead.
"""

import os
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
END = "--- the block has ended with "


class Shell:
    def __init__(self, folder):
        self.process = subprocess.Popen(
            ["bash", "--norc"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True,
        )
        self.folder = pathlib.Path(folder)

    def run(self, language, code):
        """What a block prints; it must end well."""
        if language == "python":
            (self.folder / "block.py").write_text(code, encoding="utf-8")
            code = "python3 -W ignore block.py\n"
        # A block that fails in its middle has failed.
        script = self.folder / "block.sh"
        script.write_text(code, encoding="utf-8")
        self.process.stdin.write(f"set -e; . ./block.sh </dev/null 2>>errors.txt; set +e; echo; echo '{END}'$?\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith(END):
                assert line.strip() == END + "0", (code, lines)
                # The line break before the mark is ours.
                return "".join(lines).removesuffix("\n")
            lines.append(line)
        errors = (self.folder / "errors.txt").read_text(encoding="utf-8")
        raise AssertionError(f"the shell ended in:\n{code}\n{''.join(lines)}\n{errors}")

    def end(self):
        """Ends what the page left running."""
        os.killpg(self.process.pid, 15)
        self.process.wait()


def main():
    page, folder, port = sys.argv[1:4]
    os.environ["PATH"] = ":".join(filter(None, [os.environ.get("PROGRAMS"), os.environ["PATH"]]))
    placed, used = port.split("=")
    text = pathlib.Path(page).read_text(encoding="utf-8")
    blocks = [(found.group(1), found.group(2), found.span(2)) for found in BLOCK.finditer(text)]
    shell = Shell(folder)
    said, seen, wrong = None, [], []
    try:
        for language, body, span in blocks:
            if language in ("sh", "python"):
                said = shell.run(language, body.replace(placed, used)).replace(used, placed)
            elif language == "text":
                seen.append((span, said))
                if said != body:
                    wrong.append(f"the page says\n{body}\nand this was seen\n{said}")
    finally:
        shell.end()
    if "--write" in sys.argv:
        for (start, end), said in reversed(seen):
            text = text[:start] + said + text[end:]
        pathlib.Path(page).write_text(text, encoding="utf-8")
        return
    assert not wrong, "\n".join(wrong)
    assert len(seen) >= 8, f"only {len(seen)} blocks were compared"


main()
