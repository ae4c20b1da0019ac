"""Unpacks the CPU part of libtorch out of wheels: libtorch_stage.py VERSION TREE WHEEL...

The tree has the layout that torch-sys looks for: `include`, `lib` and `build-version`. Only the members that are kept
are read, so the CUDA kernels in the wheel cost nothing but their download.
"""

from __future__ import annotations

import pathlib
import shutil
import sys
import zipfile

INCLUDE_PREFIX = "torch/include/"
LIBRARIES = {
    "torch/lib/libc10.so",
    "torch/lib/libgomp.so.1",
    "torch/lib/libtorch_cpu.so",
    "nvidia/cu13/lib/libcudart.so.13",
    "nvidia/cu13/lib/libcupti.so.13",
}


def main() -> None:
    version, tree, wheels = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    missing = set(LIBRARIES)
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                path = destination(tree, member.filename)
                if path is not None and not member.is_dir():
                    extract(archive, member, path)
                    missing.discard(member.filename)
    if missing:
        sys.exit(f"libtorch: none of {', '.join(wheels)} has {', '.join(sorted(missing))}")
    # The wheel's own libtorch.so asks for the CUDA half. This one is a linker script that leads to the CPU half.
    (tree / "lib" / "libtorch.so").write_text("INPUT(libtorch_cpu.so)\n")
    (tree / "build-version").write_text(f"{version}\n")


def destination(tree: pathlib.Path, member: str) -> pathlib.Path | None:
    """The place of a wheel's member in the tree, or None if it is not wanted."""
    if member in LIBRARIES:
        return tree / "lib" / pathlib.PurePosixPath(member).name
    if member.startswith(INCLUDE_PREFIX) and ".." not in member.split("/"):
        return tree / "include" / member[len(INCLUDE_PREFIX) :]
    return None


def extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


main()
