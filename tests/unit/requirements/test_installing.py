"""What the installer takes over of pip's settings, and which wheel of uv fits a machine."""

import os
from pathlib import Path

import pytest
from fetch_uv import fits
from pip_settings import pip_settings

UV = "uv-0.13.9-py3-none-"
WHEELS = (
    "linux_armv6l",
    "macosx_10_12_x86_64",
    "macosx_11_0_arm64",
    "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "manylinux_2_17_i686.manylinux2014_i686",
    "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "musllinux_1_1_x86_64",
    "win32",
    "win_amd64",
    "win_arm64",
)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_pips_files_are_read_in_its_order_and_its_variables_win(tmp_path: Path) -> None:
    shared, personal = tmp_path / "xdg", tmp_path / "config"
    write(shared / "pip/pip.conf", "[global]\nindex-url = https://a.example/\nfind-links =\n  /x\n  /y\n")
    write(personal / "pip/pip.conf", "[global]\nindex-url = https://b.example/%(x)s\n[list]\nindex-url = c\n")
    environ = {"XDG_CONFIG_DIRS": str(shared), "XDG_CONFIG_HOME": str(personal)}
    read = pip_settings(environ, "linux")
    assert (read["index-url"], read["find-links"]) == ("https://b.example/%(x)s", "/x /y")
    own = write(tmp_path / "own.conf", "[install]\nno_index = true\n")
    read = pip_settings({**environ, "PIP_CONFIG_FILE": str(own), "PIP_FIND_LINKS": "/z"}, "linux")
    assert (read["index-url"], read["find-links"], read["no-index"]) == ("https://a.example/", "/z", "true")
    alone = {**environ, "PIP_CONFIG_FILE": os.devnull, "PIP_CERT": ""}
    assert pip_settings(alone, "linux") == {"config-file": os.devnull}


@pytest.mark.parametrize(
    ("system", "machine", "libc", "wheels"),
    [
        ("linux", "x86_64", "glibc", ["manylinux_2_17_x86_64.manylinux2014_x86_64"]),
        ("linux", "x86_64", "musl", ["musllinux_1_1_x86_64"]),
        ("linux", "aarch64", "glibc", ["manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"]),
        ("linux", "mips", "glibc", []),
        ("darwin", "arm64", "", ["macosx_11_0_arm64"]),
        ("darwin", "x86_64", "", ["macosx_10_12_x86_64"]),
        ("win32", "AMD64", "", ["win_amd64"]),
        ("win32", "ARM64", "", ["win_arm64"]),
    ],
)
def test_a_machine_gets_the_wheel_that_was_built_for_it(
    system: str, machine: str, libc: str, wheels: list[str]
) -> None:
    assert [wheel for wheel in WHEELS if fits(f"{UV}{wheel}.whl", system, machine, libc)] == wheels
