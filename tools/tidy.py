"""Checks the house rules that a machine can check. Prints each fault as file:line: what; exits 1 when there is one.

usage: tidy.py            checks
       tidy.py --figures  also prints the length of functions and files

Rules: every #include obeys the direction table of ARCHITECTURE.md, and every module is in it; a module's subfolders are
private to it and to app/; each vendor's headers are included from one folder only; no long functions or files; no words
of unfinished work; no paths of one machine; "follow one message" names ten files that exist.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600
# Files that may be longer, with why. This list may only shrink.
LONG_FILES = {}
# A vendor's headers: the folders that may include them.
VENDORS = {
    r"arrow/|parquet/": ["src/columns"],
    r"gmime/": ["src/stage/parse"],
    r"gumbo": ["src/stage/parse"],
    r"hs/|hs\.h": ["src/stage/redact"],
    r"phonenumbers/": ["src/stage/redact"],
    r"cld2/": ["src/stage/language"],
    r"sqlite3": ["src/store"],
    r"archive\.h|archive_entry": ["src/source"],
    r"nlohmann/": ["src/base"],
    r"curl/": ["src/client/http"],
    r"pugixml": ["src/client/s3"],
    r"librdkafka/": ["src/client/kafka"],
    r"libpq-fe|postgres_ext": ["src/client/postgres"],
    r"grpc|google/protobuf|\.pb\.h": ["src/client/milvus", "src/client/qdrant"],
    r"CLI/": ["app"],
    r"toml\+\+/": ["app"],
}
# Spelled in halves so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK|not imple" + r"mented)\b")
MACHINE_PATH = re.compile(r"(^|[^\w.])/(wo" + r"rk|ro" + r"ot|far" + r"m)/")
faults = []


def fault(path, line, text):
    faults.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def tracked():
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def direction_table():
    """module -> the modules it may include."""
    text = (ROOT / "ARCHITECTURE.md").read_text()
    table = {}
    for names, may in re.findall(r"^\| ([a-z, ]+) \| ([a-z–, ]+) \|$", text, re.M):
        if names == "module":
            continue
        for name in names.split(", "):
            table[name] = set() if may == "–" else set(may.split(", "))
    return table


def module_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "src" else parts[0]


def check_include(path, number, name, table):
    module = module_of(path)
    target = name.split("/")
    if len(target) < 2 or target[0] not in table | {"base": 0}:
        return
    to = target[0]
    if module == "app":
        return
    if to not in {module, "base"} and to not in table[module]:
        fault(path, number, f"{module} may not include {to}: see the direction table in ARCHITECTURE.md")
    if to != module and len(target) > 2:
        fault(path, number, f"{name} is private to {to}; only what lies directly in src/{to} may be included")
    own = path.relative_to(ROOT).parts
    if to == module == "stage" and len(target) > 2 and len(own) > 3 and own[2] != target[1]:
        fault(path, number, f"{name}: one stage does not include another; stages.cc joins them")


def check_source(path, table):
    inside = str(path.relative_to(ROOT))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        quoted = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if quoted:
            check_include(path, number, quoted[1], table)
        system = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        if system:
            for pattern, folders in VENDORS.items():
                if re.match(pattern, system[1]) and not any(inside.startswith(folder + "/") for folder in folders):
                    fault(path, number, f"<{system[1]}> belongs into {' or '.join(folders)} alone")
        if len(line) > 120:
            fault(path, number, f"{len(line)} characters; 120 are enough")


def functions(path):
    """(first line, lines) of every function body, told by clang-format's layout: a definition starts in column 0 or
    inside a class, ends with a brace at the same indentation."""
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        opens = re.match(r"^(\s*)(?!namespace|class|struct|enum|union|extern|if|for|while|switch|else|do|try|return|constexpr|const|static const|static constexpr)[\w:~<>,&*\[\] ].*[)\w&]\s*(const|noexcept|override|final|\s)*\{$", line)
        if not opens or "=" in line.split("(")[0] or len(opens[1]) > 4 or "(" not in "".join(lines[max(0, number - 4):number + 1]):
            continue
        closing = opens[1] + "}"
        for end in range(number + 1, len(lines)):
            if lines[end] == closing or lines[end].startswith(closing + " "):
                yield number + 1, end - number + 1
                break
            if lines[end].startswith(closing + ";") or (lines[end] and len(lines[end]) - len(lines[end].lstrip()) < len(opens[1])):
                break


def check_lengths(files):
    lengths = []
    for path in files:
        count = len(path.read_text().splitlines())
        if count > LONG_FILES.get(str(path.relative_to(ROOT)), FILE_LINES_MAX):
            fault(path, 1, f"{count} lines; {FILE_LINES_MAX} are the most")
        for line, length in functions(path):
            lengths.append((length, path, line))
            if length > FUNCTION_LINES_MAX:
                fault(path, line, f"a function of {length} lines; {FUNCTION_LINES_MAX} are the most")
    return sorted(lengths, key=lambda row: row[0])


def check_words(files):
    for path in files:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if UNFINISHED.search(line):
                fault(path, number, "a word of unfinished work")
            if MACHINE_PATH.search(line) and path.suffix not in {".eml", ".mbox"}:
                fault(path, number, "a path of one machine")


def check_architecture(table):
    modules = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()} | {"app"}
    for missing in sorted(modules - set(table) - {"base"}):
        faults.append(f"ARCHITECTURE.md: module {missing} is not in the direction table")
    for extra in sorted(set(table) - modules):
        faults.append(f"ARCHITECTURE.md: the direction table names {extra}, which does not exist")
    text = (ROOT / "ARCHITECTURE.md").read_text()
    follow = re.findall(r"^\d+\. `([^`]+)`", text.partition("## Follow one message")[2], re.M)
    if len(follow) != 10:
        faults.append(f"ARCHITECTURE.md: \"Follow one message\" names {len(follow)} files, not ten")
    for name in follow:
        if not (ROOT / name).is_file():
            faults.append(f"ARCHITECTURE.md: {name} does not exist")


def main():
    files = tracked()
    code = [path for path in files if path.suffix in {".cc", ".h"}]
    table = direction_table()
    for path in code:
        check_source(path, table)
    lengths = check_lengths(code)
    check_words([path for path in files if path.suffix not in {".zst", ".gz", ".zip", ".png"} and "samples" not in path.parts])
    check_architecture(table)
    if lengths:
        at = lambda share: lengths[min(len(lengths) - 1, int(share * len(lengths)))][0]
        print(f"{len(code)} files, {len(lengths)} functions: median {at(0.5)} lines, p90 {at(0.9)}, longest {at(1)}")
        if at(0.9) > 25:
            faults.append(f"functions: p90 is {at(0.9)} lines, more than 25")
    if "--figures" in sys.argv:
        for length, path, line in lengths[-15:]:
            print(f"  {length:4d} {path.relative_to(ROOT)}:{line}")
    print("\n".join(faults) if faults else "tidy: no faults")
    sys.exit(bool(faults))


main()
