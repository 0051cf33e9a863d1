"""A Letter → a webhook or chat bot, and its answer judged: several say no with status 200, in the body."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tender_tracker.errors import Undelivered
from tender_tracker.reporting.clean import terminal
from tender_tracker.storage.outbox import Letter
from tender_tracker.target import Target
from tender_tracker.web.post import post
from tender_tracker.web.wire import Answer

SHOWN = 200
"""Characters of an answer that are kept and told."""


def send(letter: Letter, target: Target, environ: Mapping[str, str], now: datetime, allow_private: bool) -> str:
    """Posts the letter and returns what was answered. Raises Undelivered, UsageError for a secret that is not set."""
    assert target.url is not None
    url, body = target.url.read(environ, target.place), letter.body
    headers = {}
    if target.token is not None:
        headers["Authorization"] = f"Bearer {target.token.read(environ, target.place)}"
    if target.kind == "webhook":
        headers["Idempotency-Key"] = letter.key
    if target.secret is not None:
        secret = target.secret.read(environ, target.place)
        if target.kind == "dingtalk":
            url = dingtalk_signed(url, secret, now)
        else:
            body = feishu_signed(body, secret, now)
    return judged(target.kind, post(url, body, headers, allow_private))


def dingtalk_signed(url: str, secret: str, now: datetime) -> str:
    """Milliseconds and secret, signed with the secret, in the address; DingTalk takes it for an hour."""
    stamp = str(int(now.timestamp() * 1000))
    sign = _hmac(secret, f"{stamp}\n{secret}")
    return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote(sign, safe='')}"


def feishu_signed(body: bytes, secret: str, now: datetime) -> bytes:
    """Seconds and secret as the key of an empty text, in the body; Feishu takes it for an hour."""
    stamp = str(int(now.timestamp()))
    signed = {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}", ""), **json.loads(body)}
    return json.dumps(signed, ensure_ascii=False).encode()


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()


def judged(kind: str, answer: Answer) -> str:
    """The answer in short. Raises Undelivered unless it confirms the message in the way of its kind."""
    text = terminal(answer.body.decode("utf-8", "replace")).strip()[:SHOWN]
    said = f"HTTP {answer.status} {text}".strip()
    if 300 <= answer.status < 400:
        raise Undelivered(f"{said}: it redirects elsewhere, which is not followed; correct the address")
    if not 200 <= answer.status < 300:
        # A gateway that lost its server does not know whether the message was taken.
        raise Undelivered(f"refused: {said}", doubt=answer.status in (502, 504))
    if not _confirms(kind, answer.body):
        raise Undelivered(f"refused, although with status {answer.status}: {text or 'an empty answer'}")
    return said


def _confirms(kind: str, body: bytes) -> bool:
    if kind == "webhook":
        return True
    if kind == "slack":
        return body.strip() == b"ok"
    found = _object(body)
    if kind == "feishu":  # bots of the first version say StatusCode
        return _is_zero(found.get("code", found.get("StatusCode")))
    return _is_zero(found.get("errcode"))


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_zero(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value == 0
