"""Names of buyers as notices print them → kind, institution, tier, province."""

import csv
from pathlib import Path

import pytest

from tender_tracker.facts import buyer
from tender_tracker.facts.buyer import KINDS, TIERS, classify

DATA = Path(buyer.__file__).parents[1] / "data"


def rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize(
    ("name", "tier", "province"),
    [
        ("东南大学", "985", "江苏"),
        ("苏州大学", "211", "江苏"),
        ("南方科技大学", "双一流", "广东"),
        ("沈阳工学院", "其他本科", "辽宁"),
        ("沈阳理工大学", "其他本科", "辽宁"),
        ("东南大学成贤学院", "其他本科", "江苏"),
        ("浙江纺织服装职业技术学院", "高职", "浙江"),
        ("国防科技大学", "985", "湖南"),
        ("中国石油大学（北京）", "211", "北京"),
        ("中国石油大学（华东）", "211", "山东"),
    ],
)
def test_a_listed_name_gives_the_institution_its_highest_tier_and_its_province(
    name: str, tier: str, province: str
) -> None:
    found = classify(name)
    assert (found.kind, found.institution, found.tier, found.province) == ("university", name, tier, province)


@pytest.mark.parametrize(
    ("name", "institution"),
    [
        ("东南大学,东南大学", "东南大学"),
        (" 东 南 大 学 ", "东南大学"),
        ("中国石油大学(北京)", "中国石油大学（北京）"),
        ("中共东南大学委员会", "东南大学"),
        ("教育部东南大学", "东南大学"),
        ("江苏省东南大学", "东南大学"),
        ("中国人民解放军国防科技大学", "国防科技大学"),
        ("东南大学计算机科学与工程学院", "东南大学"),
        ("东南大学(采购代理：某某招标有限公司)", "东南大学"),
        ("北京大学图书馆", "北京大学"),
        ("浙江大学生命科学学院", "浙江大学"),
        ("北航", "北京航空航天大学"),
        ("中国科大", "中国科学技术大学"),
        ("浙江大学城市学院", "浙大城市学院"),
        ("中科院计算所", "中国科学院计算技术研究所"),
        ("中国科学院、水利部成都山地灾害与环境研究所", "中国科学院、水利部成都山地灾害与环境研究所"),
    ],
)
def test_repeats_departments_aliases_and_former_names_lead_to_the_institution(name: str, institution: str) -> None:
    assert classify(name).institution == institution


@pytest.mark.parametrize(
    ("name", "institution", "campus", "province"),
    [
        ("东南大学(苏州校区)", "东南大学", "苏州校区", "江苏"),
        ("东南大学九龙湖校区", "东南大学", "九龙湖校区", "江苏"),
        ("哈尔滨工业大学（威海）", "哈尔滨工业大学", "威海", "山东"),
        ("哈工大（深圳）", "哈尔滨工业大学", "深圳", "广东"),
        ("北京大学深圳研究生院", "北京大学", "深圳研究生院", "广东"),
        ("清华大学深圳国际研究生院", "清华大学", "深圳国际研究生院", "广东"),
        ("浙江大学国际联合学院（海宁国际校区）", "浙江大学", "海宁国际校区", "浙江"),
        ("电子科技大学长三角研究院（湖州）", "电子科技大学", "湖州", "浙江"),
        ("东北大学秦皇岛分校", "东北大学", "秦皇岛分校", "河北"),
        ("中国石油大学（北京）克拉玛依校区", "中国石油大学（北京）", "克拉玛依校区", "新疆"),
        ("中国农业科学院兰州兽医研究所", "中国农业科学院", "兰州兽医研究所", "甘肃"),
        ("东南大学计算机学院", "东南大学", None, "江苏"),
    ],
)
def test_a_branch_keeps_its_campus_and_lies_in_the_province_of_the_campus(
    name: str, institution: str, campus: str | None, province: str
) -> None:
    found = classify(name)
    assert (found.institution, found.campus, found.province) == (institution, campus, province)


@pytest.mark.parametrize(
    "name", ["东大", "大工", "海大", "西大", "石大", "人大", "南大", "中国石油大学", "北大荒", "中科大洋"]
)
def test_a_short_name_that_several_bear_and_a_longer_word_stay_unmatched(name: str) -> None:
    assert (classify(name).institution, classify(name).tier) == (None, None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("浙江大学医学院附属第一医院", "hospital"),
        ("中国科大附一院(安徽省立医院)", "hospital"),
        ("首都医科大学宣武医院", "hospital"),
        ("清华大学附属中学", "school"),
        ("北师大二附中", "school"),
        ("上海师范大学附属现代职业学校", "school"),
        ("武汉大学资产经营投资管理有限责任公司", "company"),
        ("清华同方股份有限公司", "company"),
        ("某某大学科技园发展有限公司", "company"),
        ("清华大学教育基金会", "other"),
        ("武汉大学城建设管理办公室", "government"),
        ("北京大学生体育馆", "other"),
        ("邯郸学院路小学", "school"),
        ("邯郸学院路街道办事处", "government"),
    ],
)
def test_a_body_that_only_carries_a_university_name_is_not_the_university(name: str, kind: str) -> None:
    found = classify(name)
    assert (found.kind, found.institution, found.tier) == (kind, None, None)


def test_an_unlisted_university_is_one_by_its_name_but_has_no_tier() -> None:
    found = classify("望江理工大学")
    assert (found.kind, found.institution, found.tier, found.province) == ("university", None, None, None)


@pytest.mark.parametrize(
    ("name", "province"),
    [
        ("国家税务总局宁波市税务局", "浙江"),
        ("中国移动通信集团浙江有限公司", "浙江"),
        ("宁波镇海某某贸易有限公司", "浙江"),
        ("嘉善县妇幼保健院", "浙江"),
        ("巴音郭楞蒙古自治州人民医院", "新疆"),
        ("中山区人民政府", "辽宁"),
        ("中山市人民政府", "广东"),
        ("复旦大学附属中山医院厦门医院", "福建"),
        ("复旦大学附属肿瘤医院", "上海"),
        ("朝阳区教育局", None),
        ("四平路街道办事处", None),
        ("市消防救援支队", None),
        ("中国农业科学院棉花研究所", None),
        ("中国医学科学院血液病医院", None),
    ],
)
def test_the_province_comes_from_the_name_or_stays_unknown(name: str, province: str | None) -> None:
    assert classify(name).province == province


def test_the_region_of_the_notice_helps_a_name_without_a_place_but_never_moves_an_institution() -> None:
    assert classify("市消防救援支队", "浙江省 宁波市").province == "浙江"
    assert classify("朝阳区教育局", "北京").province == "北京"
    assert classify("中国农业科学院棉花研究所", "河南省安阳市").province == "河南"
    assert classify("东南大学", "北京").province == "江苏"
    assert classify("某单位", "全国").province is None


def test_an_empty_name_is_of_kind_other() -> None:
    assert classify(" ") == buyer.Buyer("", "other")


@pytest.mark.parametrize("row", rows("kinds.csv"), ids=lambda row: f"{row['where']}-{row['kind']}")
def test_every_row_of_kind_words_proves_its_hits_and_misses(row: dict[str, str]) -> None:
    assert row["kind"] in KINDS
    assert {classify(name).kind for name in row["hits"].split()} == {row["kind"]}
    assert row["kind"] not in {classify(name).kind for name in row["misses"].split()}


def test_the_list_of_institutions_is_whole_and_finds_every_one_of_itself() -> None:
    listed = rows("institutions.csv")
    assert len(listed) == len({row["name"] for row in listed}) == 3101
    assert [sum(row["tier"] == tier for row in listed) for tier in TIERS] == [39, 76, 32, 1144, 1642]
    wrong = [row["name"] for row in listed if classify(row["name"]).institution != row["name"]]
    wrong += [alias for row in listed for alias in row["aliases"].split() if classify(alias).institution != row["name"]]
    assert wrong == []


def test_every_institution_lies_in_a_known_province() -> None:
    assert {row["province"] for row in rows("institutions.csv")} <= {row["province"] for row in rows("regions.csv")}


def test_joint_buyers_are_read_by_the_first() -> None:
    found = classify("武汉大学、某某信息咨询有限公司")
    assert (found.institution, found.kind) == ("武汉大学", "university")
