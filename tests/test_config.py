"""Settings: defaults < file < environment < options; a mistake is named with its key and its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tender_tracker.config import load, masked, shown
from tender_tracker.errors import UsageError


def write(folder: Path, text: str) -> str:
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_each_layer_wins_over_the_one_before(tmp_path: Path) -> None:
    file = write(tmp_path, 'db = "file.db"\nlang = "zh"\ndelay = 5\ncontact = "desk@example.org"\n')
    settings = load({"config": file, "db": "option.db"}, {"TENDERS_DB": "environment.db", "TENDERS_LANG": "en"})
    assert (settings.db, settings.lang, settings.delay) == (Path("option.db"), "en", 5.0)
    assert settings.contact == "desk@example.org"
    assert settings.allow_private is False
    assert dict(settings.origin) == {
        "config": "option", "db": "option", "lang": "environment", "delay": "file", "contact": "file", "allow_private": "default",
            "overlap": "default", "ping_url": "default", "log": "default", "documents": "default",
            "ocr": "default",
    }  # fmt: skip


def test_a_path_in_a_file_is_meant_from_that_file(tmp_path: Path) -> None:
    assert load({"config": write(tmp_path, 'db = "own.db"')}, {}).db == tmp_path / "own.db"


def test_without_settings_the_store_lies_in_the_data_folder_of_the_user() -> None:
    settings = load({}, {})
    assert settings.db.name == "tenders.db" and settings.db.parent.name == "tenders"
    assert settings.file is None


@pytest.mark.parametrize(
    ("environ", "lang"),
    [({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "de_DE.UTF-8"}, "en"), ({}, "en"),
     ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"), ({"LANG": "en_US", "TENDERS_LANG": "zh"}, "zh")],
)  # fmt: skip
def test_the_language_follows_the_environment(environ: dict[str, str], lang: str) -> None:
    assert load({}, environ).lang == lang


def test_a_source_is_configured_by_its_table(tmp_path: Path) -> None:
    text = """
[sources.ccgp]
base_url = "http://127.0.0.1:8000/"
search_url = "http://127.0.0.1:8001/"
columns = ["dfgg/gkzb"]
delay = 0.5
keywords = ["昇腾"]
[sources.ccgp.options]
token = "hush"
"""
    settings = load({"config": write(tmp_path, text)}, {})
    source = settings.sources["ccgp"]
    assert source.base_url == "http://127.0.0.1:8000/"
    assert (source.columns, source.delay, source.keywords) == (("dfgg/gkzb",), 0.5, ("昇腾",))
    assert dict(source.options) == {"token": "hush"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('datbase = "x"', "unknown key 'datbase'"),
        ('[sources.ccgp]\nbase = "http://x"', "unknown key 'sources.ccgp.base'"),
        ("db = 3", "'db' must be a text"),
        ('lang = "fr"', "known: zh, en"),
        ("delay = -1", "'delay' must be seconds"),
        ("delay = true", "'delay' must be seconds"),
        ('[sources.ccgp]\nbase_url = "file:///etc/passwd"', "http or https"),
        ('[sources.ccgp]\ncolumns = "dfgg"', "list of texts"),
        ("sources = 3", "must be tables"),
        ('sources.ccgp = "x"', "must be a table"),
        ("[sources.ccgp]\noptions = 1", "must be a table"),
        ("db = ", "not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(tmp_path: Path, text: str, said: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(UsageError) as raised:
        load({"config": file}, {})
    assert said in str(raised.value)
    assert file in str(raised.value)


def test_a_named_file_must_exist_and_be_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load({"config": str(tmp_path / "none.toml")}, {})
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not UTF-8"):
        load({}, {"TENDERS_CONFIG": str(tmp_path / "binary.toml")})


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(UsageError, match="TENDERS_DELAY"):
        load({}, {"TENDERS_DELAY": "soon"})
    with pytest.raises(UsageError, match="TENDERS_ALLOW_PRIVATE"):
        load({}, {"TENDERS_ALLOW_PRIVATE": "perhaps"})
    assert load({}, {"TENDERS_ALLOW_PRIVATE": "yes"}).allow_private is True


def test_secrets_are_masked_by_name_and_inside_addresses(tmp_path: Path) -> None:
    assert masked("hush", "api_key") == "***"
    assert masked("https://user:hush@example.org/a@b") == "https://***@example.org/a@b"
    text = '[sources.ccgp]\nbase_url = "https://me:hush@example.org/"\n[sources.ccgp.options]\ncookie = "hush"\ncity = "宁波"\n'
    rows = {row["setting"]: row["value"] or "" for row in shown(load({"config": write(tmp_path, text)}, {}))}
    assert "hush" not in "".join(rows.values())
    assert "宁波" in rows["sources.ccgp.options"]
