"""Runs every fuzzer for a while; a crash ends with exit code 1 and names the input that did it.

usage: run_fuzzers.py FOLDER_OF_FUZZERS SECONDS
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    programs = sorted(path for path in pathlib.Path(sys.argv[1]).glob("*_fuzz") if path.is_file())
    seconds = int(sys.argv[2])
    failed = 0
    for program in programs:
        corpus = ROOT / "build/fuzz-corpus" / program.name
        corpus.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([program, corpus, f"-max_total_time={seconds}", "-rss_limit_mb=4096", "-timeout=20",
                               f"-artifact_prefix={corpus}/crash-", "-print_final_stats=1"], capture_output=True, text=True)
        runs = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        failed += done.returncode != 0
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {program.name}: {runs[0] if runs else '?'} runs", flush=True)
        if done.returncode != 0:
            print("\n".join(done.stderr.splitlines()[-30:]))
    print(f"{len(programs) - failed} passed, {failed} failed")
    sys.exit(bool(failed))


main()
