"""What no line of the code may do, and that every defence SECURITY.md names is tested where it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
RUNS_WHAT_IT_READS = {
    "cloudpickle",
    "dill",
    "joblib",
    "marshal",
    "pickle",
    "shelve",
    "torch",
    "yaml",
}
CALLS_THAT_RUN_STRINGS = {"eval", "exec", "compile", "__import__"}
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)`")


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_runs_what_it_reads_is_used(path: Path) -> None:
    for node in nodes(path):
        for name in imported(node):
            assert name.partition(".")[0] not in RUNS_WHAT_IT_READS, name
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in CALLS_THAT_RUN_STRINGS | SHELLS, called
            for keyword in node.keywords:
                is_safe = isinstance(keyword.value, ast.Constant) and not keyword.value.value
                assert keyword.arg not in {"shell", "allow_pickle", "trust_remote_code"} or is_safe


def test_the_scan_would_find_what_it_looks_for() -> None:
    bad = ast.parse("import torch.nn; from yaml import load; eval('1')")
    found = [name for node in ast.walk(bad) for name in imported(node)]
    assert {name.partition(".")[0] for name in found} <= RUNS_WHAT_IT_READS
    calls = [ast.unparse(node.func) for node in ast.walk(bad) if isinstance(node, ast.Call)]
    assert calls == ["eval"]


def test_every_defence_names_a_test_that_is_there() -> None:
    lines = (ROOT / "SECURITY.md").read_text().splitlines()
    rows = [line.split("|")[1:-1] for line in lines if line.startswith("| ") and "---" not in line]
    threats = [cells for cells in rows if len(cells) == 3 and cells[0].strip() != "threat"]
    assert len(threats) >= 12
    for threat, _, tested in threats:
        named = NAMED_TEST.findall(tested)
        assert named, f"{threat.strip()}: no test is named"
        for name in named:
            assert (ROOT / name).is_file(), name


def test_every_promise_names_a_test_that_is_there() -> None:
    lines = (ROOT / "docs" / "reliability.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("| ") and "---" not in line]
    promises = [row for row in rows if not row.startswith("| promise")]
    assert len(promises) >= 12
    for row in promises:
        named = NAMED_TEST.findall(row)
        assert named or "torture" in row, f"{row}: no test is named"
        for name in named:
            assert (ROOT / name).is_file(), name
