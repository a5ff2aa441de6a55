"""What the project's own files promise: exact locks, htmx as it was published, a house that stays as it is drawn."""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from bench.claims import MUTATIONS
from models.core.base import Value
from routes.web.words.labels import LABELS

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def locked(name: str) -> dict[str, str]:
    """The pinned requirements of a lock with what belongs to them, by `package==version ; marker`."""
    entries = re.split(r"^(?=\w)", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {entry.partition("\\")[0].strip(): entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_its_hashes(name: str) -> None:
    pins = locked(name)
    assert pins
    for pin, entry in pins.items():
        assert re.match(r"[\w.-]+==[\w.]+( ;|$)", pin), pin
        assert "--hash=sha256:" in entry, pin


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE)


def test_tests_run_with_the_versions_that_the_portal_runs_with() -> None:
    assert locked("requirements.txt").keys() <= locked("requirements-dev.txt").keys()


def test_each_package_that_is_installed_is_named_with_its_licence() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    licences = dict(re.findall(r"^([a-z0-9-]+) {2,}(\S.*)$", notice, re.MULTILINE))
    assert sorted(licences) == sorted(re.split(r"==|\[", pin)[0] for pin in locked("requirements.txt"))
    for name, licence in licences.items():
        said = metadata.metadata(name).json
        expression = said.get("license_expression")
        words = f"{said.get('license')} {said.get('classifier')}"
        assert licence == expression or (not expression and licence[:3] in words), name


def test_vendored_files_are_as_they_were_published() -> None:
    notes = (ROOT / "static" / "README.md").read_text(encoding="utf-8")
    noted = {name: digest for digest, name in re.findall(r"^ +([0-9a-f]{64})  (\S+)$", notes, re.MULTILINE)}
    vendored = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (ROOT / "static").glob("*.min.*")}
    assert vendored == noted
    assert noted


# The house stays as it is drawn (docs/architecture.md, decision 0031)

MODULES = [path for tree in ("models", "routes") for path in sorted((ROOT / tree).rglob("*.py"))]
HISTORY = ROOT / "models" / "migrations"
DEMO = ROOT / "models" / "demo"
MOST_MODULES, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 14, 300, 35


def named(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A module as Python reads it, read once."""
    return ast.parse(path.read_bytes())


def test_each_module_has_a_sign_on_its_door() -> None:
    signs = {named(path): ast.get_docstring(tree(path)) for path in MODULES}
    assert [name for name, sign in signs.items() if not sign] == []


def test_no_folder_module_or_function_holds_more_than_one_looks_through() -> None:
    counted = [*MODULES, *(ROOT / "tests").rglob("*.py")]
    folders = Counter(named(path.parent) for path in counted if not path.is_relative_to(DEMO))
    del folders[named(HISTORY / "versions")]
    assert {name: number for name, number in folders.items() if number > MOST_MODULES} == {}
    built = [path for path in MODULES if not path.is_relative_to(HISTORY)]
    lengths = {named(path): path.read_bytes().count(b"\n") for path in built}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
    long = {
        f"{named(path)} {function.name}": length
        for path in built
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_what_documents_and_docstrings_name_is_there() -> None:
    written = [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "pyproject.toml", *MODULES]
    texts = {named(path): path.read_text(encoding="utf-8") for path in written}
    missing = [
        f"{name}: {path}"
        for name, text in texts.items()
        for path in re.findall(
            r"\b(?:models|routes|serving|tests|partials|static|docs)/[\w/.-]*\w\.(?:py|html|typ|md)\b", text
        )
        if not (ROOT / path).exists()
    ]
    missing += [
        f"{name}: {module}"
        for name, text in texts.items()
        for module in re.findall(r"`((?:models|routes|serving|tests)(?:\.\w+)+)`", text)
        if not is_there(module)
    ]
    assert missing == []


def is_there(dotted: str) -> bool:
    """Whether there is a package, a module, or something of that name in one."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    module = path.parent.with_suffix(".py")
    return module.exists() and re.search(rf"\b{path.name}\b", module.read_text(encoding="utf-8")) is not None


def test_whoever_takes_one_row_of_several_says_in_which_order_they_stand() -> None:
    """A database hands out rows as they lie, which another machine, or a story before, may change."""
    places = [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    taken = {
        f"{named(path)}:{query.lineno}": ast.unparse(query)
        for path in places
        if re.search(rb"\.first\(\)|\.all\(\)\[", text := path.read_bytes())
        for node in ast.walk(ast.parse(text))
        if (query := query_of_which_one_is_taken(node))
    }
    assert {place: query for place, query in taken.items() if "select(" in query and "order_by(" not in query} == {}


def query_of_which_one_is_taken(node: ast.AST) -> ast.expr | None:
    """What `first()` is called on, or `all()[…]` is taken from."""
    match node:
        case ast.Call(func=ast.Attribute(value=query, attr="first")):
            return query
        case ast.Subscript(value=ast.Call(func=ast.Attribute(value=query, attr="all"))):
            return query
    return None


def test_no_state_is_known_by_a_word_that_pages_show() -> None:
    """Values are in English and have their words in one place (decision 0036); the provider's words are rows."""
    words = {label.word for labels in LABELS.values() for label in labels.values()}
    asked = {f"{named(path)}: {text}" for path in MODULES for text in texts_asked_for(path) if text in words}
    assert asked == set()
    assert all(issubclass(values, Value) for values in LABELS), "a page that draws the value itself is refused"
    assert all(labels.keys() == set(values) for values, labels in LABELS.items()), "each value has its word"
    written = {value.value for values in LABELS for value in values}
    assert [value for value in written if not re.fullmatch("[a-z]+(_[a-z]+)*", value)] == []


def texts_asked_for(path: Path) -> Iterator[str]:
    """What a module compares with, looks up, or has as the value of an enum; history and demo are data."""
    for node in ast.walk(tree(path)) if {HISTORY, DEMO}.isdisjoint(path.parents) else ():
        match node:
            case ast.Compare(left=left, comparators=others):
                asked = [left, *others]
            case ast.Dict(keys=keys):
                asked = [key for key in keys if key]
            case ast.MatchValue(value=value):
                asked = [value]
            case ast.ClassDef(bases=[ast.Name(id="StrEnum" | "Value"), *_], body=body):
                asked = [member.value for member in body if isinstance(member, ast.Assign)]
            case _:
                continue
        for constant in (part for each in asked for part in ast.walk(each)):
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                yield constant.value


def test_the_tests_that_prove_our_security_are_there() -> None:
    stories = {f"/{named(path)}": path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    lines = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    proofs = [re.findall(r"`([\w/]*test_\w+\.py)?(?:::)?(test_\w+)?…?`", line.rpartition(" | ")[2]) for line in lines]
    missing, file = [], ""
    for name, test in (proof for line in proofs for proof in line):
        file = name or file
        if not any(f"def {test}" in text for path, text in stories.items() if path.endswith(f"/{file}")):
            missing.append(f"{file}::{test}")
    assert missing == []


def test_what_breaks_a_claim_is_there_to_be_broken() -> None:
    """Whether a test notices is tried by `python -m bench.mutations`; here, that it can still be tried."""
    assert [
        one.claim for one in MUTATIONS if (ROOT / one.file).read_text(encoding="utf-8").count(one.before) != 1
    ] == []
    for one in MUTATIONS:
        for file, _, story in (test.partition("::") for test in one.tests):
            assert f"def {story or 'test_'}" in (ROOT / file).read_text(encoding="utf-8"), (file, story)


def test_the_standard_is_gone_through_by_its_numbers() -> None:
    """How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; those of level 3 stand behind them."""
    sections = (
        "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 "
        "5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 "
        "8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 "
        "11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 "
        "16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"
    )
    counts = dict(each.split(":") for each in sections.split())
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d., ]+) \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)
    told = Counter(number for row in rows for number in row.split(", "))
    assert told == Counter(f"{name}.{number}" for name, most in counts.items() for number in range(1, int(most) + 1))
    assert told.total() == 253
