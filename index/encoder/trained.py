"""Files of a trained model: a card names each with its hash, and nothing is loaded that is not what it says.

{"format": …, "id": …, "files": {name: SHA-256 in hexadecimal digits, …}, …}
"""

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import PolicyQAError

FORMAT = 2
"""Of cards and of what their models take and give."""


@dataclass(frozen=True, slots=True)
class TrainedFiles:
    """What is wrong with a model's files is said as `error`, whose sentence begins with `what`."""

    what: str
    error: type[PolicyQAError]

    def read(self, card: Path) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
        """The card, and the bytes of each file that it names, beside it."""
        try:
            held = json.loads(card.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise self._missing() from error
        if not isinstance(held, dict) or held.get("format") != FORMAT:
            raise self.of_another_version()
        try:
            files = {name: (card.parent / name).read_bytes() for name in held["files"]}
        except OSError as error:
            raise self._missing() from error
        if any(hashlib.sha256(files[name]).hexdigest() != digest for name, digest in held["files"].items()):
            raise self.error(f"{self.what}的文件已损坏，请重新安装本程序。")
        return held, files

    def network(self, model: bytes) -> "Network":
        """The network, ready to run: in one thread, which does not spin while a neighbour needs the core, and
        gives back what memory a run took."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own, without a common base
            raise self.unopened() from error
        return Network(session)

    def _missing(self) -> PolicyQAError:
        return self.error(f"{self.what}的文件缺失，请重新安装本程序。")

    def of_another_version(self) -> PolicyQAError:
        """The error where files do not belong together."""
        return self.error(f"{self.what}的文件属于另一个版本，请重新安装本程序。")

    def unopened(self) -> PolicyQAError:
        """The error where a file is whole and yet cannot be used."""
        return self.error(f"{self.what}的文件打不开，请重新安装本程序。")


class Network:
    """A loaded network. As many run at once as there are cores, however many threads ask: more would only
    take more memory."""

    _running = threading.BoundedSemaphore(os.cpu_count() or 1)

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, outputs: tuple[str, ...], inputs: Mapping[str, Any]) -> list[Any]:
        """The arrays of the named outputs."""
        with self._running:
            found: list[Any] = self._session.run(outputs, inputs)
        return found


def card_of(identifier: str, folder: Path, names: tuple[str, ...], **more: object) -> dict[str, object]:
    """A card for the files `names` in `folder`."""
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    return {"format": FORMAT, "id": identifier, "files": digests, **more}
