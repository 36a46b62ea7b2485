from itertools import pairwise

import pytest

from index.text.places import Place, leading_place, places

PROVINCE = Place("990000", "province", "云上省", "云上")
CITY = Place("990100", "prefecture", "松林市", "松林")
COUNTY = Place("990101", "county", "青石县", "青石")
OTHER = Place("990201", "county", "白石县", "")


def test_a_place_holds_itself_and_what_lies_in_it() -> None:
    assert PROVINCE.holds(PROVINCE)
    assert PROVINCE.holds(CITY)
    assert PROVINCE.holds(COUNTY)
    assert CITY.holds(COUNTY)
    assert not CITY.holds(OTHER)
    assert not COUNTY.holds(CITY)
    assert not CITY.holds(PROVINCE)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("重庆市渝中区社区图书办法", "重庆市渝中区"),
        ("内蒙古自治区读书条例", "内蒙古自治区"),
        ("吉林省吉林市读书办法", "吉林省吉林市"),  # two places of one short name
        ("渝中区读书办法", "渝中区"),  # the wider place need not be named
        ("重庆市", "重庆市"),
        ("重庆市北京市读书办法", "重庆市"),  # the second does not lie in the first
        ("渝中区重庆市", "渝中区"),
    ],
)
def test_the_places_that_open_a_text_are_named_from_wide_to_narrow(text: str, place: str) -> None:
    assert leading_place(text) == place


@pytest.mark.parametrize(
    "text", ["", "社区图书办法", "重庆图书办法", "和平的读书办法", " 重庆市", "关于重庆市的通知"]
)
def test_a_text_that_begins_with_no_full_name_names_no_place(text: str) -> None:
    assert leading_place(text) is None


def test_every_place_has_a_code_of_its_level_once() -> None:
    known = places()
    assert all(before.code < after.code for before, after in pairwise(known))
    assert {place.level for place in known} == {"province", "prefecture", "county"}
    for place in known:
        assert len(place.code) == 6
        assert place.code.isdecimal()
        assert place.code.endswith("0000") == (place.level == "province")
        assert place.short == "" or place.name.startswith(place.short)
