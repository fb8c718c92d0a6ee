"""The environment that ``./run`` makes: from hashes only, once, and again after an interruption. No index is asked."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from tools import browser, environment, requirements


def wheel(folder: Path, name: str) -> str:
    """Make a wheel with one module ``name``; returns its locked requirement."""
    files = {
        f"{name}.py": "INSTALLED = True\n",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{name}-1.0.dist-info/RECORD"
    rows = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}"
        for path, text in files.items()
    ]
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in files.items():
            archive.writestr(each, text)
        archive.writestr(record, "\n".join([*rows, f"{record},,"]) + "\n")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose requirements are one wheel each, in a folder pip is pointed to."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    folder = tmp_path / "checkout" / "requirements"
    folder.mkdir(parents=True)
    product = wheel(wheels, "product_part")
    (folder / "runtime.txt").write_text(product)
    (folder / "dev.txt").write_text(product + wheel(wheels, "test_part"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return folder.parent


def imports(python: Path, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def test_a_fresh_checkout_gets_what_is_locked_and_a_second_start_does_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment.ensure(checkout, "runtime")
    assert imports(python, "product_part")
    assert not imports(python, "test_part")
    monkeypatch.setattr(environment, "_install", lambda *_: pytest.fail("installed again"))
    environment.ensure(checkout, "runtime")


def test_development_adds_to_what_is_there_and_covers_the_product(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.ensure(checkout, "runtime")
    python = environment.ensure(checkout, "dev")
    assert imports(python, "test_part")
    monkeypatch.setattr(environment, "_install", lambda *_: pytest.fail("installed again"))
    environment.ensure(checkout, "runtime")


def test_an_interrupted_set_up_is_made_again_from_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(environment, "_write_stamp", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            environment.ensure(checkout, "runtime")
    half = checkout / ".venv" / "half-installed"
    half.touch()
    assert imports(environment.ensure(checkout, "runtime"), "product_part")
    assert not half.exists()


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Path) -> None:
    python = environment.ensure(checkout, "runtime")
    python.unlink()
    assert imports(environment.ensure(checkout, "runtime"), "product_part")


def test_a_package_that_is_not_the_locked_one_is_refused(checkout: Path) -> None:
    locked = checkout / "requirements" / "runtime.txt"
    locked.write_text(f"product_part==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(environment.SetupProblem, match="Run the same command again"):
        environment.ensure(checkout, "runtime")


def test_a_changed_pip_is_refused(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / environment.PIP.name
    shutil.copy(environment.PIP, other)
    with other.open("ab") as file:
        file.write(b"one byte more")
    monkeypatch.setattr(environment, "PIP", other)
    with pytest.raises(environment.SetupProblem, match="Restore it with git"):
        environment.ensure(checkout, "runtime")


def test_without_a_browser_an_ordinary_user_is_told_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(browser.NoBrowser, match=r"sudo apt-get install .*chromium"):
        browser.ensure()


@pytest.mark.parametrize(
    ("asked", "runtime", "dev", "told"),
    [
        ("anyio~=4.0", "anyio==4.1 \\\n", "anyio==4.1 \\\n", []),
        ("anyio~=4.0", "anyio==5.0 \\\n", "anyio==5.0 \\\n", "asked is ~=4.0"),
        ("anyio~=4.0", "", "", "lacks anyio"),
        ("anyio~=4.0", "anyio==4.1\n", "anyio==4.1 \\\n", "no hash for anyio"),
        ("anyio~=4.0", "anyio==4.1 \\\n", "anyio==4.2 \\\n", "4.1 in runtime.txt and 4.2 in dev.txt"),
    ],
)
def test_requirements_out_of_step_are_told(
    tmp_path: Path, asked: str, runtime: str, dev: str, told: str | list[str]
) -> None:
    for name, text in {
        "runtime.in": asked,
        "dev.in": "-r runtime.in\n",
        "runtime.txt": runtime,
        "dev.txt": dev,
    }.items():
        (tmp_path / name).write_text(text)
    found = requirements.problems(tmp_path)
    assert found == told if isinstance(told, list) else told in " ".join(found)
