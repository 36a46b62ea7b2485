"""placeholder"""


def strength(answer):
    return "依据充分" if answer.citations else None
