"""What the engine of the bundled model cannot take does not reach it."""

import subprocess
import sys

import pytest

_TRIAL = """
import sys
from index.embed import BundledEmbeddings

text = sys.stdin.read().encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
embedder = BundledEmbeddings()
one, other = embedder.embed_query(text), embedder.embed_documents([text])[0]
assert len(one) == len(other) == 384
print("done")
"""


@pytest.mark.parametrize("char", ["\ufdfa", "\ufdfb", "\u321d", "\0", "㎯", "\U0001f468", "e\u0301"])
def test_no_character_ends_the_process(char: str) -> None:
    # In a process of its own: what is tested for ends the process.
    done = subprocess.run(
        [sys.executable, "-c", _TRIAL],
        input=char * 1000,
        capture_output=True,
        encoding="utf-8",
        errors="surrogatepass",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "done\n"
