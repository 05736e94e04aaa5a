import subprocess
import sys


def test_the_checker_imports_neither_planner_nor_solver() -> None:
    program = "import sys, dispatch.check; print(*sorted(sys.modules), sep='\\n')"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    loaded = run.stdout.split()
    assert "dispatch.check" in loaded
    assert [name for name in loaded if name.startswith(("dispatch.planner", "solver"))] == []
