import pytest

from index.text.personal_data import find, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我住渝北区龙溪街道新溉大道18号附5号3-2，读哪里", "我住[住址]，读哪里"),
        ("重庆市 渝北区，龙溪街道 新溉大道18号", "[住址]"),
        ("学校离新溉大道18号好远", "学校离[住址]好远"),
        ("户口在普安镇双石村大湾组，想转学", "户口在[住址]，想转学"),
        ("石龙村5社的娃儿", "[住址]的娃儿"),
        ("华润24城3栋501的", "[住址]的"),
        ("新溉大道18号龙湖花园3栋2单元501", "[住址]"),
    ],
)
def test_an_address_is_masked_from_its_district_to_its_door(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("with_evidence", "without"),
    [
        ("渝中区较场口85号", "较场口小学8号开学"),  # above 31 is no day
        ("家住3-2-501", "见图3-2-501"),  # somebody lives there
        ("新建小区3栋2单元501", "新建3栋2层的楼"),  # an order of units, not two counts
        ("花云村三组", "我们村三组"),  # a name
        ("推进路8号", "推进道路8号工程"),  # a road's name
        ("新溉大道18号", "第18号"),
    ],
)
def test_evidence_makes_the_address(with_evidence: str, without: str) -> None:
    assert [data.kind for data in find(with_evidence)] == ["住址"]
    assert not find(without)


def test_a_district_or_a_road_alone_is_no_address() -> None:
    assert not find("我住在渝北区龙溪街道新溉大道，离学校500米")
