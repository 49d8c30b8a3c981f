"""The catalogues: whole, sound, compiled, and level with the code. No database."""

import ast
import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = Path(settings.BASE_DIR)
LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = sorted(code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
TRANSLATORS = {  # name: where its context, text and plural stand among the arguments
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sdrf]|%%|\{\w*\}|</?\w+[^>]*>|\?\w+=")
DATES = {"POT-Creation-Date", "PO-Revision-Date"}

Key = tuple[str, str]  # context, text


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(_path(language, "po")))


def _path(language: str, kind: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{kind}"


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def _texts(entry: polib.POEntry) -> list[str]:
    """The translations of an entry, one for each plural form."""
    if not entry.msgid_plural:
        return [entry.msgstr]
    return [text for _, text in sorted(entry.msgstr_plural.items())]


# ── The catalogue itself ──────────────────────────────────────────────────────


def test_nothing_is_untranslated(catalogue: polib.POFile) -> None:
    empty = [e.msgid for e in catalogue if not all(text.strip() for text in _texts(e))]
    assert catalogue
    assert not empty


def test_nothing_is_fuzzy_obsolete_or_twice_there(catalogue: polib.POFile) -> None:
    assert not [e.msgid for e in catalogue if e.fuzzy or e.obsolete]
    assert not [e.msgid for e in catalogue if e.previous_msgid]
    keys = [_key(e) for e in catalogue]
    assert len(keys) == len(set(keys))
    assert not catalogue.metadata_is_fuzzy


def test_every_plural_form_is_given(catalogue: polib.POFile) -> None:
    forms = int(catalogue.metadata["Plural-Forms"].split("nplurals=")[1].split(";")[0])
    plural = [e for e in catalogue if e.msgid_plural]
    assert plural
    assert not [e.msgid for e in plural if sorted(e.msgstr_plural) != list(range(forms))]


def test_placeholders_and_tags_are_those_of_the_source(catalogue: polib.POFile) -> None:
    wrong = []
    for entry in catalogue:
        for form, text in enumerate(_texts(entry)):
            source = entry.msgid_plural if form and entry.msgid_plural else entry.msgid
            if text and sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text)):
                wrong.append(f"{source!r} became {text!r}")
    assert not wrong, "\n".join(wrong)


def test_capitals_and_ends_are_kept(catalogue: polib.POFile) -> None:
    """Texts are composed: a label in lower case stays so, and a blank at an end stays there."""
    wrong = []
    for entry in catalogue:
        source = entry.msgid
        for text in filter(None, _texts(entry)):
            letters = source[0].isalpha() and text[0].isalpha()
            same_case = not letters or source[0].isupper() == text[0].isupper()
            if not same_case or _ends(source) != _ends(text):
                wrong.append(f"{source!r} became {text!r}")
    assert not wrong, "\n".join(wrong)


def _ends(text: str) -> tuple[bool, bool, bool]:
    return text.startswith("\n"), text.endswith("\n"), text.endswith(" ")


def test_header_names_the_language_and_nobody(language: str, catalogue: polib.POFile) -> None:
    header = catalogue.metadata
    assert header["Language"] == language
    assert header["Content-Type"] == "text/plain; charset=UTF-8"
    assert header["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
    assert not header["Last-Translator"]
    assert not header.get("Report-Msgid-Bugs-To")
    assert not {name for name in header if name.startswith("X-")}
    assert "@" not in catalogue.header


def test_compiled_catalogue_is_what_the_source_compiles_to(
    language: str, catalogue: polib.POFile
) -> None:
    compiled = polib.mofile(str(_path(language, "mo")))
    assert {_key(e): _texts(e) for e in compiled} == {_key(e): _texts(e) for e in catalogue}
    assert _metadata(compiled) == _metadata(catalogue)


def _metadata(file: polib.POFile | polib.MOFile) -> dict[str, str]:
    return {name: text for name, text in file.metadata.items() if text and name not in DATES}


# ── Level with the code ───────────────────────────────────────────────────────


def _sources() -> Iterator[Path]:
    """The project's own files; not its tests, its environment or its caches."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        is_ours = parts[0] not in {"tests", "staticfiles", "var", "locale"} and not any(
            part.startswith(".") or part in {"__pycache__", "node_modules"} for part in parts
        )
        if is_ours and path.suffix in {".py", ".html", ".txt"} and path.is_file():
            yield path


def _said_in(path: Path) -> Iterator[tuple[Key | None, int]]:
    """Every text that a module has translated, under whatever name it imported the function.

    None stands for a text that is no plain literal, which nobody can collect.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name: TRANSLATORS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in TRANSLATORS
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in names:
            continue
        context, text, _ = names[node.func.id]
        said = [_literal(node.args[i]) if i is not None else "" for i in (context, text)]
        yield (None if None in said else (said[0] or "", said[1] or "")), node.lineno


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@pytest.fixture(scope="module")
def said() -> dict[Key, str]:
    """The texts of all modules, each with a place where it stands."""
    found: dict[Key, str] = {}
    for path in _sources():
        if path.suffix == ".py":
            for key, line in _said_in(path):
                place = f"{path.relative_to(ROOT)}:{line}"
                assert key is not None, f"{place}: only a plain literal can be collected"
                found.setdefault(key, place)
    assert found
    return found


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> set[Key]:
    """What makemessages finds in a copy of the sources, templates included."""
    missing = [tool for tool in ("xgettext", "msguniq", "msgmerge") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"GNU gettext is needed to collect texts: no {', '.join(missing)}")
    copy = tmp_path_factory.mktemp("collected")
    for path in _sources():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (copy / "locale").mkdir()
    command = load_command_class(get_commands()["makemessages"], "makemessages")
    command.stdout = command.stderr = StringIO()  # type: ignore[assignment]
    command.xgettext_options = [*command.xgettext_options, "--keyword=_t"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setattr(settings, "LOCALE_PATHS", [str(copy / "locale")])
        options = command.create_parser("manage.py", "makemessages").parse_args(
            ["--locale", "es", "--keep-pot", "--no-location", "--verbosity", "0"]
        )
        command.handle(**vars(options))
    found = polib.pofile(str(copy / "locale" / "django.pot"))
    assert found
    return {_key(entry) for entry in found}


def test_catalogue_lacks_no_text_of_the_code(catalogue: polib.POFile, said: dict[Key, str]) -> None:
    """Read from the syntax tree: under any name, and inside f-strings."""
    held = {_key(e) for e in catalogue}
    assert not {
        text: place for (context, text), place in said.items() if (context, text) not in held
    }


def test_collecting_again_finds_nothing_new(catalogue: polib.POFile, collected: set[Key]) -> None:
    assert not collected - {_key(e) for e in catalogue}


def test_catalogue_holds_nothing_that_nobody_says(
    catalogue: polib.POFile, collected: set[Key], said: dict[Key, str]
) -> None:
    assert not {_key(e) for e in catalogue} - collected - said.keys()
