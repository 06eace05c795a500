"""Runs the end-to-end cases: text files that say what is typed and what comes back.

usage: run_cases.py CUSTOS FILE_OR_FOLDER…

A case is a sequence of steps in one empty folder:

    # a comment
    $ custos status a --json         run by bash; `custos` is the program under test, $SOURCE the checkout
    {"found":1,…                     the lines of stdout that follow must be exactly these;
    ~ "seconds":[0-9.]+              or match a regular expression somewhere;
    ...                              or be any number of any lines.
    ! is an archive already          stderr must contain this
    = 1                              the exit code, 0 where not given

A case whose first line is "# needs NAME" is skipped where $CUSTOS_DATA has no folder NAME; "# needs model" where
$CUSTOS_MODELS has no all-MiniLM-L6-v2; "# needs services" where there is no model, or no servers as services.py starts
them ($CUSTOS_TEST_KAFKA and the others; with $CUSTOS_SERVICES_REQUIRED it fails then).
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SECONDS_MAX = 300
SERVICES = ("KAFKA", "S3", "POSTGRES", "MILVUS")


class Step:
    def __init__(self, line, command):
        self.line, self.command = line, command
        self.stdout, self.stderr, self.code = [], [], 0


def read_case(path):
    steps = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("$ "):
            steps.append(Step(number, line[2:]))
        elif line.startswith("> ") and steps and not steps[-1].stdout:
            steps[-1].command += "\n" + line[2:]
        elif line.startswith("! "):
            steps[-1].stderr.append(line[2:])
        elif line.startswith("= "):
            steps[-1].code = int(line[2:])
        elif line and not line.startswith("#"):
            steps[-1].stdout.append(line)
    return steps


def matches(wanted, lines):
    if not wanted:
        return not lines
    head, rest = wanted[0], wanted[1:]
    if head == "...":
        return any(matches(rest, lines[skip:]) for skip in range(len(lines) + 1))
    if not lines:
        return False
    good = re.search(head[2:], lines[0]) if head.startswith("~ ") else head == lines[0]
    return bool(good) and matches(rest, lines[1:])


def run_step(step, folder, environment):
    """What is wrong, or nothing."""
    try:
        done = subprocess.run(["bash", "-c", step.command], cwd=folder, env=environment, capture_output=True,
                              timeout=SECONDS_MAX, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return f"still running after {SECONDS_MAX} s"
    stdout, stderr = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    faults = []
    if done.returncode != step.code:
        faults.append(f"exit code {done.returncode}, not {step.code}")
    if not matches(step.stdout, stdout.splitlines()):
        faults.append("stdout differs; wanted:\n      " + "\n      ".join(step.stdout) + "\n    got:\n      " +
                      "\n      ".join(stdout.splitlines()[:40]))
    faults += [f"stderr has no \"{text}\"" for text in step.stderr if text not in stderr]
    if faults and stderr:
        faults.append("stderr:\n      " + "\n      ".join(stderr.splitlines()[:20]))
    return "\n    ".join(faults)


def run_case(path, program):
    environment = dict(os.environ, SOURCE=str(pathlib.Path(__file__).resolve().parent.parent), PYTHON=sys.executable)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "bin").mkdir()
        (folder / "bin" / "custos").symlink_to(pathlib.Path(program).resolve())
        environment["PATH"] = f"{folder}/bin:{environment['PATH']}"
        environment["CUSTOS_KEYS"] = f"{folder}/keys"
        (folder / "work").mkdir()
        for step in read_case(path):
            fault = run_step(step, folder / "work", environment)
            if fault:
                return f"{path.name}:{step.line}: {step.command.splitlines()[0]}\n    {fault}"
    return ""


def is_skipped(path):
    need = re.match(r"# needs (\w+)", path.read_text())
    if not need:
        return False
    if need[1] == "services":
        missing = [name for name in SERVICES if not os.environ.get(f"CUSTOS_TEST_{name}")]
        if missing and os.environ.get("CUSTOS_SERVICES_REQUIRED"):
            sys.exit(f"{path.name}: there is no CUSTOS_TEST_{missing[0]}")
        if missing:
            return True
        need = ["", "model"]
    folder, name = ("CUSTOS_MODELS", "all-MiniLM-L6-v2") if need[1] == "model" else ("CUSTOS_DATA", need[1])
    where = os.environ.get(folder, "")
    return not where or not (pathlib.Path(where) / name).is_dir()


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    cases = []
    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        cases += sorted(path.glob("*.case")) if path.is_dir() else [path]
    failed = skipped = 0
    for path in cases:
        if is_skipped(path):
            skipped += 1
            print(f"skip {path.name}: its model, data set or servers are not here")
            continue
        fault = run_case(path, sys.argv[1])
        failed += bool(fault)
        print(f"FAIL {fault}" if fault else f"ok   {path.name}", flush=True)
    print(f"{len(cases) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


main()
