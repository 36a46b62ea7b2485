"""One invented example of each kind of personal data that `index.text.personal_data` knows."""

PERSONAL = {
    "邮箱": "li.invented@example.cn",
    "身份证号": "11010119900307771X",
    "银行卡号": "6222020200112233445",
    "手机号": "13912345678",
    "电话号码": "023-63895555",
    "微信号": "微信号invented_88",
    "护照号": "E12345678",
    "车牌号": "渝A12B45",
    "住址": "人民路12号3栋2单元501室",
}


def traces() -> set[str]:
    """What would give each of them away, also where a sign of it is written in another way."""
    return {*PERSONAL.values(), "li.invented", "invented_88", "12B45", "12号3栋"}
