"""Kills and resumes ingestion of the sample again and again.

usage: soak.py CUSTOS MINUTES
"""
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    end = time.monotonic() + 60 * float(sys.argv[2])
    rounds = 0
    while time.monotonic() < end:
        done = subprocess.run([sys.executable, ROOT / "tools/kill_and_resume.py", sys.argv[1], ROOT / "samples/harrow-vale", "10"])
        if done.returncode != 0:
            sys.exit(1)
        rounds += 1
    print(f"{rounds} rounds passed, 0 failed")


main()
