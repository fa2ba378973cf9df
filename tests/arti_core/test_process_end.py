"""Commands and services end with their own exit code, whatever threads of libraries do at that moment."""

import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
PROGRAM = """
import atexit, os, runpy, sys
class Late:
    def __del__(self, abort=os.abort):
        abort()
sys.late = Late()  # freed when the interpreter is taken down
atexit.register(print, "registered for the end")
sys.argv = ["arti", {arguments}]
runpy.run_module("{module}", run_name="__main__")
"""


def run_command(arguments: str, module: str = "arti") -> "subprocess.CompletedProcess[str]":
    program = PROGRAM.format(arguments=arguments, module=module)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": str(SRC)}, check=False
    )


def test_a_command_that_went_well_ends_with_0_and_all_that_it_printed() -> None:
    done = run_command('"--version"')
    assert (done.returncode, done.stderr) == (0, "")
    version, registered = done.stdout.splitlines()
    assert version.startswith("ARTi ")
    assert registered == "registered for the end"


def test_a_command_that_does_not_exist_ends_with_2() -> None:
    done = run_command('"nothing"')
    assert (done.returncode, "invalid choice" in done.stderr) == (2, True)


def test_a_service_that_has_served_ends_with_0() -> None:
    done = run_command('"os:getpid"', module="local_stack.supervision.entrypoint")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "registered for the end\n")
