"""How a run of all tests ends: Tests/steps.sh, which Tests/run and .ci/run source."""

import pathlib
import subprocess

STEPS = pathlib.Path(__file__).resolve().parents[1] / "steps.sh"


def run(script, folder):
    """Runs a script that sources steps.sh, with the options that Tests/run sets."""
    return subprocess.run(["bash", "-c", f"set -euo pipefail\n. {STEPS}\n{script}"], cwd=folder, text=True,
                          capture_output=True)


def test_more_tests_than_a_pipe_holds_end_well(tmp_path):
    # The lines that are sorted take several times the 64 KiB that a pipe holds.
    (tmp_path / "write").write_text("for n in $(seq 20000); do echo \"✔ Test number$n() passed after $n.5 seconds.\"; done")
    ended = run("step one true\nstep 'write lines' bash write\nfinish", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = [line.split() for line in ended.stdout.splitlines()]
    assert lines[-7:-2] == [[f"{n}s", f"number{n}()"] for n in range(20000, 19995, -1)]
    assert lines[-1][:3] == ["all", "passed", "in"]


def test_a_failed_step_ends_the_run_with_its_status(tmp_path):
    (tmp_path / "fail").write_text("echo 'FAILED Tests/x.py::test_y'; seq 30; exit 3")
    ended = run("step 'some tests' bash fail\necho not reached", tmp_path)
    assert ended.returncode == 3
    assert "not reached" not in ended.stdout
    # The end of its output, what failed in it, and the command.
    assert "\n30\n" in ended.stderr and "\n5\n" not in ended.stderr
    assert "FAILED Tests/x.py::test_y" in ended.stderr
    assert 'FAILED in step "some tests" (exit status 3): bash fail' in ended.stderr
