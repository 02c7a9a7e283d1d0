"""States of the training as files of at most 16 MB, so that any means of copying takes them.

NAME.json lists the parts and their SHA-256. It is replaced last, in one go, so a reader finds the old state
whole or the new one, however the writer ended.
"""

import hashlib
import io
import json
import os
from pathlib import Path

import torch

PART = 16_000_000  # bytes


def replace(path: Path, data: bytes | memoryview) -> None:
    """Make a file whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(data)
    os.replace(new, path)


def save(state: dict, name: Path) -> None:
    """Write NAME.STEP.HASH.000 …, then NAME.json, which names them; then the parts of other states go.

    The hash keeps another state of the same step apart: the parts that NAME.json still names never change.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    data, parts = buffer.getbuffer(), {}
    for number, start in enumerate(range(0, len(data), PART)):
        piece = data[start : start + PART]
        digest = hashlib.sha256(piece).hexdigest()
        part = name.with_name(f"{name.name}.{state['step']}.{digest[:8]}.{number:03}")
        replace(part, piece)
        parts[part.name] = digest
    index = json.dumps({"step": state["step"], "parts": parts}, indent=1) + "\n"
    replace(name.with_suffix(".json"), index.encode())
    for old in name.parent.glob(f"{name.name}.*.[0-9][0-9][0-9]*"):
        if old.name not in parts:
            old.unlink()


def load(name: Path, device: torch.device | str = "cpu") -> dict | None:
    """The state of NAME.json with its tensors on `device`, wherever they were saved; None if there is none."""
    index = name.with_suffix(".json")
    if not index.exists():
        return None
    buffer = io.BytesIO()
    for part, digest in json.loads(index.read_text())["parts"].items():
        data = (name.parent / part).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise SystemExit(f"{name.parent / part} is damaged: its SHA-256 is not the one in {index.name}")
        buffer.write(data)
    buffer.seek(0)
    return torch.load(buffer, map_location=device)
