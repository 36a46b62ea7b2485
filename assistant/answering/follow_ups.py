"""placeholder"""


def follow_ups(answer, library):
    return ()
