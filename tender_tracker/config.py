"""Defaults, a TOML file, the environment and the options of one call → one frozen Settings; later layers win."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from tender_tracker.model import SourceSettings
    from tender_tracker.profile import Profile
    from tender_tracker.target import Target

ENVIRONMENT = {
    "db": "TENDERS_DB",
    "lang": "TENDERS_LANG",
    "delay": "TENDERS_DELAY",
    "contact": "TENDERS_CONTACT",
    "allow_private": "TENDERS_ALLOW_PRIVATE",
    "overlap": "TENDERS_OVERLAP",
    "ping_url": "TENDERS_PING_URL",
    "log": "TENDERS_LOG",
    "documents": "TENDERS_DOCUMENTS",
    "ocr": "TENDERS_OCR",
}
"""The setting and the variable that overrides it; the file knows the same names."""
SOURCE_KEYS = ("base_url", "search_url", "columns", "delay", "keywords", "options", "file_hosts")
LANGUAGES = ("zh", "en")
OVERLAP = 2.0
"""Days: sites publish late, and print days without a zone."""
SECRET = re.compile(r"password|passwd|secret|token|cookie|api_?key|ping_?url", re.I)
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
DOCUMENTS = ("flagged", "all", "none")
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run needs to know. `origin` says of each setting where it came from."""

    db: Path
    lang: str
    delay: float | None
    """Seconds between two requests to one host, for sources without their own; None leaves it to the site."""
    contact: str | None
    """Address or URL put into the User-Agent, so that a site can complain."""
    allow_private: bool
    """Whether loopback and private addresses may be asked (a local stand-in for a site)."""
    overlap: float
    """Days that a live run goes back behind what is covered."""
    ping_url: str | None
    """Address of a dead-man service, told of begin, success and failure of live runs."""
    log: Path | None
    """File with one line per source and live run; None is beside the store."""
    documents: str | None
    """Whose attachments a fetch gathers: flagged, all or none. None: of sites none, beside saved pages flagged."""
    ocr: bool
    """Whether attachments that are pictures are read by OCR."""
    sources: Mapping[str, SourceSettings]
    rules: tuple[Path, ...]
    """The user's own rule files, in the order they are read: they extend the shipped rules and replace them by id."""
    recipes: tuple[Path, ...]
    """The user's recipes: each makes a source."""
    profiles: Mapping[str, Profile]
    """Saved searches by name."""
    targets: Mapping[str, Target]
    """Receivers of digests by name."""
    file: Path | None
    """The configuration file that was read, if there is one."""
    origin: Mapping[str, str]


def load(options: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
    """Settings = defaults < file < environment < options (None = not given; `config` names the file).

    Raises UsageError for a file that is missing or no TOML, an unknown key, or a value of the wrong type.
    """
    environ = os.environ if environ is None else environ
    named = (("option", options.get("config")), ("environment", environ.get("TENDERS_CONFIG") or None))
    how, path = next(((how, path) for how, path in named if path), ("default", None))
    file, body = _read(path)
    tables, profiles = body.pop("sources", {}), _profiles(body.pop("profiles", {}), file)
    targets = _targets(body.pop("targets", {}), file)
    rules = _files("rules", "extra", body.pop("rules", {}), file)
    recipes = _files("recipes", "files", body.pop("recipes", {}), file)
    values: dict[str, Any] = {}
    origin = {"config": how}
    for key, variable in ENVIRONMENT.items():
        layers = (
            ("option", options.get(key)),
            ("environment", environ.get(variable) or None),
            ("file", body.pop(key, None)),
        )
        where, value = next(((name, value) for name, value in layers if value is not None), ("default", None))
        place = {"environment": variable, "file": str(file)}.get(where, f"--{key}")
        values[key] = (
            _default(key, environ) if value is None else _typed(key, value, place, file if where == "file" else None)
        )
        origin[key] = where
    _refuse_unknown(body, (*ENVIRONMENT, "rules", "recipes", "sources", "profiles", "targets"), "", file)
    values |= {"rules": rules, "recipes": recipes, "profiles": MappingProxyType(profiles)}
    values["targets"] = MappingProxyType(targets)
    values["sources"] = MappingProxyType(_sources(tables, file))
    return Settings(**values, file=file, origin=MappingProxyType(origin))


def shown(settings: Settings) -> Iterator[dict[str, str | None]]:
    """Every setting as `{"setting", "value", "from"}`, secrets masked."""
    yield {
        "setting": "config",
        "value": str(settings.file) if settings.file else None,
        "from": settings.origin["config"],
    }
    for key in ENVIRONMENT:
        value = getattr(settings, key)
        yield {
            "setting": key,
            "value": None if value is None else masked(str(value), key),
            "from": settings.origin[key],
        }
    for name, paths in (("rules", settings.rules), ("recipes", settings.recipes)):
        for path in paths:
            yield {"setting": name, "value": str(path), "from": "file"}
    for name, profile in settings.profiles.items():
        yield {"setting": f"profiles.{name}", "value": masked(profile.asks), "from": "file"}
    for name, target in settings.targets.items():
        yield {"setting": f"targets.{name}", "value": masked(target.shown), "from": "file"}
    for name, source in settings.sources.items():
        for key in SOURCE_KEYS:
            value = getattr(source, key)
            if value and key == "options":
                value = {option: masked(str(secret), option) for option, secret in value.items()}
            if value not in (None, (), {}):
                yield {"setting": f"sources.{name}.{key}", "value": masked(str(value)), "from": "file"}


def masked(text: str, key: str = "") -> str:
    """A value as it may be shown: secrets by name and credentials inside an address become ***."""
    return "***" if SECRET.search(key) else CREDENTIALS.sub("***@", text)


def _read(named: str | None) -> tuple[Path | None, dict[str, Any]]:
    path = Path(named).expanduser() if named else _default_file()
    try:
        data = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if named:
            raise UsageError(
                f"configuration {path}: no such file; create it or drop --config / TENDERS_CONFIG"
            ) from None
        return None, {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"configuration {path}: {reason}") from error
    import tomllib  # 10 ms that a run without a file need not pay

    try:
        return path, tomllib.loads(data)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"configuration {path}: not TOML: {error}") from error


def _default_file() -> Path:
    import platformdirs

    return platformdirs.user_config_path("tenders") / "config.toml"


def spoken(environ: Mapping[str, str]) -> str:
    """The language of the platform, as far as the program knows it."""
    named = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if named.lower().startswith("zh") else "en"


def _default(key: str, environ: Mapping[str, str]) -> Any:
    if key == "db":
        import platformdirs

        return platformdirs.user_data_path("tenders") / "tenders.db"
    if key == "lang":
        return spoken(environ)
    return {"allow_private": False, "ocr": False, "overlap": OVERLAP}.get(key)


def _typed(key: str, value: Any, place: str, file: Path | None) -> Any:
    if key in ("db", "log"):
        path = Path(_text(key, value, place)).expanduser()
        return file.parent / path if file else path  # a path in a file is meant from that file
    if key == "lang":
        return _choice(key, _text(key, value, place), LANGUAGES, place)
    if key == "documents":
        return _choice(key, _text(key, value, place), DOCUMENTS, place)
    if key == "delay":
        return _seconds(key, value, place)
    if key == "overlap":
        return _number(key, value, place, "days between 0 and 365", 365)
    if key == "ping_url":
        return web_address(key, value, place)
    if key in ("allow_private", "ocr"):
        return value if isinstance(value, bool) else _choice(key, str(value).lower(), YES + NO, place) in YES
    return _text(key, value, place)


def _files(name: str, key: str, table: Any, file: Path | None) -> tuple[Path, ...]:
    """rules/*.toml beside the configuration, then the files and folders that `[rules] extra` names; so with recipes."""
    if not isinstance(table, dict):
        raise UsageError(f"configuration {file}: '{name}' must be a table [{name}]")
    _refuse_unknown(table, (key,), f"{name}.", file)
    folder = (file or _default_file()).parent
    found = sorted((folder / name).glob("*.toml"))
    for word in _words(f"{name}.{key}", table.get(key, []), str(file)):
        path = folder / Path(word).expanduser()
        if not path.exists():
            raise UsageError(f"configuration {file}: {name}.{key} names {path}, which does not exist")
        found += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return tuple(dict.fromkeys(found))


def _profiles(tables: Any, file: Path | None) -> dict[str, Profile]:
    if not tables and isinstance(tables, dict):
        return {}
    from tender_tracker.profile import profiles  # its lists of buyers cost 10 ms

    return profiles(tables, file)


def _targets(tables: Any, file: Path | None) -> dict[str, Target]:
    if not tables and isinstance(tables, dict):
        return {}
    from tender_tracker.target import targets

    return targets(tables, file)


def _sources(tables: Any, file: Path | None) -> dict[str, SourceSettings]:
    if not isinstance(tables, dict):
        raise UsageError(f"configuration {file}: 'sources' must be tables such as [sources.ccgp]")
    return {name: _source(name, table, file) for name, table in tables.items()}


def _source(name: str, table: Any, file: Path | None) -> SourceSettings:
    where = f"sources.{name}"
    if not isinstance(table, dict):
        raise UsageError(f"configuration {file}: '{where}' must be a table [{where}]")
    _refuse_unknown(table, SOURCE_KEYS, f"{where}.", file)
    place = str(file)
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key in ("columns", "keywords", "file_hosts"):
            found[key] = _words(f"{where}.{key}", value, place)
        elif key == "delay":
            found[key] = _seconds(f"{where}.delay", value, place)
        elif key == "options":
            if not isinstance(value, dict):
                raise UsageError(f"{place}: '{where}.options' must be a table [{where}.options]")
            found[key] = MappingProxyType(value)
        else:
            found[key] = web_address(f"{where}.{key}", value, place)
    from tender_tracker.model import SourceSettings  # help asks the configuration for its language only

    return SourceSettings(**found)


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], prefix: str, file: Path | None) -> None:
    unknown = [key for key in table if key not in known]
    if unknown:
        raise UsageError(f"configuration {file}: unknown key '{prefix}{unknown[0]}'; known: {', '.join(known)}")


def _text(key: str, value: Any, place: str) -> str:
    if isinstance(value, Path):
        return str(value)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{place}: '{key}' must be a text, not {value!r}")
    return value


def _choice(key: str, value: str, known: tuple[str, ...], place: str) -> str:
    if value not in known:
        raise UsageError(f"{place}: '{key}' is {value!r}; known: {', '.join(known)}")
    return value


def _seconds(key: str, value: Any, place: str) -> float:
    return _number(key, value, place, "seconds between 0 and 3600", 3600)


def _number(key: str, value: Any, place: str, what: str, most: int) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else -1.0
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= most:
        raise UsageError(f"{place}: '{key}' must be {what}, not {value!r}")
    return number


def _words(key: str, value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise UsageError(f"{place}: '{key}' must be a list of texts, not {value!r}")
    return tuple(value)


def web_address(key: str, value: Any, place: str) -> str:
    """The value, if it is an address of the web. Raises UsageError naming the place it comes from."""
    try:
        host = urlsplit(value).hostname if isinstance(value, str) else None
    except ValueError:
        host = None
    if not host or not value.startswith(("http://", "https://")):
        raise UsageError(f"{place}: '{key}' must be an http or https address, not {value!r}")
    return str(value)
