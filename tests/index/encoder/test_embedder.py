"""What the engine of the bundled model cannot take does not reach it."""

import subprocess
import sys

_TRIAL = """
from index.encoder.embedder import BundledEmbeddings

embedder = BundledEmbeddings()
for char in ("\\ufdfa", "\\ufdfb", "\\u321d", "\\0", "\\ud83d"):
    for vector in (embedder.embed_query(char * 40), *embedder.embed_documents([char * 9])):
        assert len(vector) == 384
print("done")
"""


def test_no_character_ends_the_process() -> None:
    # In a process of its own: what is tested for ends the process.
    done = subprocess.run(
        [sys.executable, "-c", _TRIAL], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "done\n"
