"""Which accounts the settings set up, and what half an account is told."""

import pytest

from assistant.errors import InvalidSettings
from assistant.settings import Settings, load_settings
from assistant.wechat.accounts import OFFICIAL_PATH, WORK_PATH, accounts

TOKEN = "a1b2c3d4e5f6a7b8c9"  # noqa: S105 - made up
KEY = "k" * 43


def of(**given: str) -> tuple[str, ...]:
    return tuple(account.path for account in accounts(Settings.model_validate(given)))


def test_nothing_is_set_up_by_default() -> None:
    assert of() == ()


def test_each_account_is_set_up_by_its_own_settings() -> None:
    official = {"wechat_token": TOKEN, "wechat_app_id": "wx1", "wechat_aes_key": KEY}
    work = {"wecom_token": "abc", "wecom_corp_id": "ww1", "wecom_aes_key": KEY}
    assert of(**official) == of(wechat_token=TOKEN) == (OFFICIAL_PATH,)
    assert of(**work) == (WORK_PATH,)
    assert of(**official, **work) == (OFFICIAL_PATH, WORK_PATH)
    one, other = accounts(Settings.model_validate(official | work))
    assert one.secret != other.secret


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"wechat_app_id": "wx1"}, "POLICY_QA_WECHAT_TOKEN"),
        ({"wechat_aes_key": KEY}, "POLICY_QA_WECHAT_TOKEN"),
        ({"wechat_token": "短"}, "POLICY_QA_WECHAT_TOKEN"),
        ({"wechat_token": "abcdef"}, "至少要 16 位"),
        ({"wechat_token": TOKEN, "wechat_app_id": "wx1"}, "POLICY_QA_WECHAT_AES_KEY"),
        ({"wechat_token": TOKEN, "wechat_aes_key": KEY}, "POLICY_QA_WECHAT_APP_ID"),
        ({"wechat_token": TOKEN, "wechat_app_id": "wx1", "wechat_aes_key": KEY[1:]}, "43 位"),
        ({"wecom_token": TOKEN}, "POLICY_QA_WECOM_AES_KEY"),
        ({"wecom_token": TOKEN, "wecom_aes_key": KEY}, "POLICY_QA_WECOM_CORP_ID"),
        ({"wecom_corp_id": "ww1", "wecom_aes_key": KEY}, "POLICY_QA_WECOM_TOKEN"),
    ],
)
def test_half_an_account_is_an_error_that_names_what_is_missing(given: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidSettings, match=named) as caught:
        of(**given)
    assert KEY[1:] not in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_secrets_show_in_no_representation() -> None:
    made = Settings.model_validate({"wechat_token": TOKEN, "wechat_app_id": "wx1", "wechat_aes_key": KEY})
    for shown in (repr(made), str(made), made.model_dump_json(), repr(accounts(made))):
        assert TOKEN not in shown
        assert KEY not in shown


@pytest.mark.parametrize(
    "url", ["qa.example.cn", "https://", "https://qa.cn/?a=1", "https://qa.cn/ x", "ftp://q"]
)
def test_what_is_no_public_address_is_an_error(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("POLICY_QA_PUBLIC_URL", url)
    load_settings.cache_clear()
    with pytest.raises(InvalidSettings, match="POLICY_QA_PUBLIC_URL"):
        load_settings()
    monkeypatch.setenv("POLICY_QA_PUBLIC_URL", "https://qa.example.cn/wen")
    assert load_settings().public_url == "https://qa.example.cn/wen"
    load_settings.cache_clear()
