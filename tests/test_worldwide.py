"""Notices of the EU, the USA, India and Russia are labelled by the pack of their jurisdiction."""

from __future__ import annotations

import json
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tender_tracker.commands import app
from tender_tracker.contract import answer, as_kind
from tender_tracker.errors import UsageError
from tender_tracker.flagging import packs, rulepack
from tender_tracker.flagging.audit import check
from tender_tracker.flagging.flag import flag
from tender_tracker.model import Notice
from tender_tracker.record import recorded
from tender_tracker.reporting import evaluate

HERE = Path(__file__).parent / "worldwide"
FLOORS = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))
PACKS = ("eu", "us", "in", "ru")
SETS = [(pack, name) for pack in PACKS for name in FLOORS[pack]]


def _lines(name: str) -> dict[str, Any]:
    return {row["id"]: row for row in map(json.loads, (HERE / name).read_text("utf-8").splitlines())}


def _files(pack: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    stem = pack if name == "own" else f"{name}-{pack}"
    return _lines(f"{stem}-notices.jsonl"), _lines(f"{stem}-labels.jsonl")


@pytest.mark.parametrize(("pack", "name"), SETS)
def test_labelled_sets_score_no_less_than_their_floors(pack: str, name: str) -> None:
    notices, labels = _files(pack, name)
    rules, found = rulepack.load(pack), {}
    for notice_id, row in notices.items():
        verdict = flag(row["title"], row["text"], rules, as_kind(row.get("kind")))
        for evidence in verdict.evidence:
            origin = row["title"] if evidence.where == "title" else row["text"]
            assert origin[evidence.start : evidence.end] == evidence.quote, notice_id
        found[notice_id] = answer(notice_id, verdict)
    assert found.keys() == labels.keys()
    scores = evaluate.score(labels, found)
    floor = FLOORS[pack][name]
    assert scores.precision >= floor["precision"] - 1e-4
    assert scores.recall >= floor["recall"] - 1e-4
    assert scores.level_accuracy >= floor["levels"] - 1e-4


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_of_a_pack_proves_its_examples(pack: str) -> None:
    rules = rulepack.load(pack)
    assert check(rules) == []
    assert all(rule.hits and rule.misses for rule in rules.rules)


@pytest.mark.parametrize("pack", PACKS)
def test_a_long_notice_full_of_demands_is_read_in_bounded_time(pack: str) -> None:
    notices, _ = _files(pack, "own")
    text = "\n".join(row["text"] for row in notices.values())
    long = (text * (200_000 // len(text) + 1))[:200_000]
    begun = time.perf_counter()
    flag("Servers", long, rulepack.load(pack))
    assert time.perf_counter() - begun < 20


def test_a_chinese_demand_says_nothing_to_another_pack() -> None:
    assert flag("服务器采购", "CPU须为国产", rulepack.load("eu")).level == "none"
    assert flag("服务器采购", "CPU须为国产", rulepack.load("cn")).level == "required"


def _flag_lines(*rows: dict[str, Any], pack: str | None = None) -> Any:
    lines = "".join(json.dumps({"id": n, **row}) + "\n" for n, row in enumerate(rows, 1))
    options = ["--pack", pack] if pack else []
    return CliRunner().invoke(app, ["flag", "--jsonl", *options], input=lines)


ORIGIN = {"title": "Supply of servers", "text": "8 servers. The servers must be made in India."}


def test_a_line_is_labelled_by_the_jurisdiction_it_names() -> None:
    outcome = _flag_lines(ORIGIN | {"jurisdiction": "in"}, ORIGIN | {"jurisdiction": "us"}, ORIGIN)
    assert [json.loads(line)["level"] for line in outcome.stdout.splitlines()] == ["required", "none", "none"]


def test_the_option_names_the_pack_of_lines_that_name_none() -> None:
    outcome = _flag_lines(ORIGIN, ORIGIN | {"jurisdiction": "us"}, pack="in")
    assert [json.loads(line)["level"] for line in outcome.stdout.splitlines()] == ["required", "none"]


def test_an_unknown_jurisdiction_costs_its_line_and_is_named_once() -> None:
    outcome = _flag_lines(ORIGIN | {"jurisdiction": "mars"}, ORIGIN)
    assert outcome.exit_code == 3
    assert len(outcome.stdout.splitlines()) == 1
    assert outcome.stderr.count("'mars'") == 1


def test_an_unknown_pack_is_refused_with_the_known_ones() -> None:
    outcome = _flag_lines(ORIGIN, pack="mars")
    assert isinstance(outcome.exception, UsageError)
    assert "known packs: cn, eu, in, ru, us" in str(outcome.exception)


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("CN", "zh", "cn"),
        ("CN", "en", "cn"),
        ("US", "en", "us"),
        ("IN", "en", "in"),
        ("RU", "ru", "ru"),
        ("DE", "de", "eu"),
        ("NO", "no", "eu"),
        ("GB", "en", "eu"),
        ("ZZ", "zh-Hans", "cn"),
        ("ZZ", "en", None),
        ("KR", "ko", None),
        ("TW", "zh", None),
    ],
)
def test_the_country_of_a_notice_names_its_pack(country: str, language: str, name: str | None) -> None:
    assert packs.name_of(country, language) == name


def test_a_stored_notice_goes_by_its_country_and_says_when_nobody_looked() -> None:
    home = rulepack.load()
    notice = Notice("ocds", "1", ORIGIN["title"], "tender", ORIGIN["text"], language="en", country="IN")
    assert recorded(notice, home).verdict.level == "required"
    elsewhere = recorded(replace(notice, country="KR"), home).verdict
    assert (elsewhere.level, elsewhere.pack) == ("none", "unflagged-KR")


SKETCHES = [
    (
        "ru",
        "required",
        "Поставка серверов",
        "Предмет закупки: серверное оборудование, 6 шт. Страна происхождения товара: Российская Федерация. Допускаются только товары, включённые в реестр Минпромторга России.",
    ),
    (
        "ru",
        "required",
        "Закупка персональных компьютеров",
        "Установлен запрет на допуск иностранных товаров в соответствии с постановлением Правительства РФ № 1875. Персональный компьютер — 120 шт.",
    ),
    ("ru", "required", "Поставка рабочих станций", "Процессор: Эльбрус-8СВ. Количество: 15 шт."),
    ("ru", "required", "Поставка отечественных серверов", "Сервер 2U, 2 процессора, 512 ГБ ОЗУ. Количество — 4 шт."),
    ("ru", "required", "Поставка ноутбуков", "Ноутбуки должны быть произведены на территории стран ЕАЭС. 50 шт."),
    (
        "ru",
        "required",
        "Сервер для ЦОД",
        "Сервер должен быть включён в единый реестр российской радиоэлектронной продукции. Количество 2 шт.",
    ),
    (
        "ru",
        "preferred",
        "Поставка компьютеров",
        "В соответствии с ПП РФ № 878 установлено ограничение: заявки с иностранными товарами отклоняются при наличии двух и более заявок с российскими. Компьютер 30 шт.",
    ),
    (
        "ru",
        "preferred",
        "Поставка серверов",
        "Участникам, предлагающим товары российского происхождения, предоставляется преимущество 15 % от цены. Серверы 3 шт.",
    ),
    ("ru", "preferred", "Поставка моноблоков", "Моноблок на базе процессора Байкал-М или эквивалент. 40 шт."),
    (
        "ru",
        "none",
        "Поставка серверов",
        "Участник закупки должен быть зарегистрирован на территории Российской Федерации. Серверы 5 шт., процессоры Intel Xeon.",
    ),
    ("ru", "none", "Поставка серверов", "Запрет: не установлен. Ограничение: не установлено. Серверы 5 шт."),
    (
        "ru",
        "none",
        "Поставка оргтехники",
        "Закупка осуществляется в соответствии с 44-ФЗ, ПП РФ № 1875, ПП РФ № 2013. Сервер 1 шт.",
    ),
    ("ru", "none", "Санаторий Эльбрус: поставка компьютеров", "Компьютер персональный 10 шт."),
    (
        "ru",
        "none",
        "Поставка ПО",
        "Операционная система должна быть включена в реестр российского ПО. Рабочая станция 10 шт., любая платформа.",
    ),
    (
        "ru",
        "mentioned",
        "Поставка серверов",
        "Требование о российском происхождении не применяется в связи с отсутствием аналогов. Серверы 2 шт.",
    ),
    (
        "ru",
        "mentioned",
        "Поставка серверов",
        "Если в извещении установлен запрет, участник прикладывает выписку из реестра Минпромторга. Сервер 2 шт.",
    ),
    ("ru", "mentioned", "Техническое обслуживание", "Обслуживание серверов на базе процессоров Эльбрус."),
    (
        "ru",
        "supplied",
        "Протокол подведения итогов: поставка серверов",
        "Победитель: ООО Альфа. Сервер YADRO, страна происхождения: Россия, реестровая запись № 5678\\1\\2025. 4 шт.",
    ),
    ("ru", "none", "Поставка мебели", "Столы российского производства, 20 шт."),
    (
        "ru",
        "none",
        "Аренда облачных серверов",
        "Серверы должны размещаться на территории Российской Федерации. vCPU 200.",
    ),
    (
        "in",
        "required",
        "Supply of servers",
        "Only Class-I local suppliers as defined under PPP-MII Order 2017 are eligible to bid. Rack server, quantity 10.",
    ),
    (
        "in",
        "required",
        "Procurement of desktop computers",
        "Desktops must be Made in India with minimum local content of 50%. Qty 200.",
    ),
    (
        "in",
        "required",
        "HPC cluster",
        "The compute nodes shall be based on indigenously designed Rudra servers. 64 nodes.",
    ),
    ("in", "required", "Workstations", "Country of origin shall be India only. Workstations 20 nos."),
    (
        "in",
        "preferred",
        "Supply of servers",
        "MII Purchase Preference: Yes. Margin of purchase preference 20%. Server quantity 5.",
    ),
    (
        "in",
        "preferred",
        "Supply of servers",
        "Both Class-I and Class-II local suppliers may bid; purchase preference shall be given to Class-I local supplier. Servers: 4.",
    ),
    (
        "in",
        "mentioned",
        "Supply of laptops",
        "Class-I and Class-II local suppliers are eligible to participate. Laptops 40.",
    ),
    ("in", "mentioned", "Supply of laptops", "MII Compliance: Yes. Laptop quantity 12."),
    (
        "in",
        "none",
        "Supply of servers",
        "Bidders from countries sharing a land border with India must be registered under Rule 144(xi). Servers qty 3.",
    ),
    ("in", "none", "Supply of servers", "MSE purchase preference: Yes. Startup exemption: Yes. Servers 6."),
    ("in", "none", "Cloud services", "Data must be stored in India; MeitY empanelled data centres. VM 40 vCPU."),
    ("in", "none", "Supply of servers", "MII Purchase Preference: No. Server 5 nos."),
    ("in", "none", "Mission Shakti laptops", "Laptop i5, quantity 30."),
    (
        "in",
        "mentioned",
        "Supply of servers",
        "Make in India preference is not applicable for this tender as global tender enquiry is approved. Servers 2.",
    ),
    (
        "in",
        "required",
        "Bid for AI server",
        "Minimum local content required for qualifying bidders: 50%. Class 2 local suppliers shall not be eligible. AI server 1.",
    ),
    (
        "in",
        "required",
        "Processor boards",
        "Single board computers based on indigenous SHAKTI or VEGA processor. Quantity 100.",
    ),
    (
        "in",
        "supplied",
        "Award of contract: servers",
        "Contract awarded to XYZ Systems. Server model R1, local content 62% (Class-I). Quantity 5.",
    ),
    (
        "in",
        "preferred",
        "GPU servers",
        "Indian-designed accelerators will get 10 additional marks in technical evaluation. GPU servers 2.",
    ),
    ("eu", "required", "Supply of servers", "The servers shall be manufactured in the European Union. Quantity: 12."),
    ("eu", "required", "Lieferung von Servern", "Die Server müssen in der EU gefertigt sein. Menge: 20 Stück."),
    (
        "eu",
        "required",
        "Fourniture de serveurs",
        "Les serveurs doivent être fabriqués dans un État membre de l’Union européenne. Quantité : 8.",
    ),
    (
        "eu",
        "required",
        "Fornitura server",
        "I processori devono essere progettati e prodotti nell’Unione europea. Server: 10.",
    ),
    (
        "eu",
        "required",
        "Suministro de servidores",
        "Los servidores deberán tener origen en la Unión Europea. Cantidad: 6.",
    ),
    (
        "eu",
        "required",
        "Dostawa serwerów",
        "Serwery muszą być wyprodukowane na terenie Unii Europejskiej. Ilość: 15 szt.",
    ),
    (
        "eu",
        "required",
        "HPC system",
        "At least 30% of compute nodes shall use European processors (e.g. SiPearl Rhea). Nodes: 200.",
    ),
    (
        "eu",
        "preferred",
        "Supply of laptops",
        "Award criterion: equipment assembled in the EU, 10 points. Laptops: 100.",
    ),
    (
        "eu",
        "preferred",
        "Dostawa komputerów",
        "Dodatkowe 5 pkt otrzyma wykonawca oferujący komputery wyprodukowane w UE. Komputery: 50 szt.",
    ),
    ("eu", "preferred", "Lieferung von Servern", "Server mit SiPearl Rhea1 oder gleichwertig. 4 Stück."),
    (
        "eu",
        "mentioned",
        "Supply of servers",
        "Products shall originate in the EU or in a country party to the GPA. Servers: 10.",
    ),
    ("eu", "mentioned", "Supply of servers", "Components of high-risk suppliers are excluded. Servers: 4."),
    (
        "eu",
        "mentioned",
        "Fourniture de serveurs",
        "Il n’est pas exigé que les serveurs soient fabriqués dans l’Union européenne. Quantité : 5.",
    ),
    ("eu", "none", "Supply of servers", "Tenderers must be established in the European Union. Servers: 10."),
    (
        "eu",
        "none",
        "Hébergement cloud",
        "Les données doivent être hébergées exclusivement dans l’Union européenne. Serveurs virtuels : 40.",
    ),
    (
        "eu",
        "none",
        "Supply of servers",
        "Equipment must bear the CE mark and comply with EU Regulation 2019/424. Servers: 5.",
    ),
    ("eu", "none", "Lieferung von Servern", "Bieter geben das Ursprungsland der Ware zur Information an. 10 Server."),
    (
        "eu",
        "none",
        "EuroHPC Joint Undertaking: supply of servers",
        "The project is funded by EuroHPC. Servers with AMD EPYC: 10.",
    ),
    ("eu", "supplied", "Contract award: compute nodes", "Awarded to Alfa SA: 40 nodes with SiPearl Rhea1 processors."),
    (
        "eu",
        "mentioned",
        "Supply of servers",
        "Background: the EU aims to develop European processors. Servers x86: 10.",
    ),
    (
        "us",
        "required",
        "Rack servers",
        "Only domestic end products as defined in FAR 52.225-1 will be accepted. Servers: 10 EA.",
    ),
    ("us", "required", "Workstations", "Workstations must be manufactured in the United States. Qty 20."),
    (
        "us",
        "required",
        "Secure processors",
        "Processors shall be designed and fabricated in the USA. Server boards 50.",
    ),
    (
        "us",
        "preferred",
        "Desktop computers",
        "A price preference of 20 percent applies to domestic end products under the Buy American Act. Desktops 100.",
    ),
    ("us", "mentioned", "Laptops", "All products must be TAA compliant. Laptops 50."),
    (
        "us",
        "mentioned",
        "Servers",
        "Offerors shall not provide covered telecommunications equipment from Huawei or ZTE under Section 889. Servers 5.",
    ),
    (
        "us",
        "none",
        "Servers",
        "52.225-1 Buy American-Supplies; 52.225-2 Buy American Certificate; 52.204-25. Servers 5.",
    ),
    (
        "us",
        "none",
        "Cloud services",
        "FedRAMP High required; data must reside in the United States. 40 virtual servers.",
    ),
    ("us", "none", "NVIDIA GPU servers", "Dell servers with NVIDIA H200, qty 8. Small business set-aside."),
    ("us", "mentioned", "Servers", "The Buy American requirement is waived for this acquisition. Servers 8."),
    ("us", "none", "Veteran-owned set aside: laptops", "SDVOSB set-aside. Laptops 20."),
    (
        "us",
        "supplied",
        "Award: workstations",
        "Contract awarded to ABC Inc. Workstations, country of origin: USA. 20 EA.",
    ),
]
"""Pack, level, title and the decisive lines: one wording each."""


@pytest.mark.parametrize(("pack", "level", "title", "text"), SKETCHES)
def test_a_sketch_of_a_notice(pack, level, title, text):
    assert flag(title, text, rulepack.load(pack)).level == level
