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


def save(state: dict, name: Path) -> None:
    """Write NAME.json and NAME.STEP.000 … ; the parts of earlier states go."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    data, parts = buffer.getbuffer(), {}
    for number, start in enumerate(range(0, len(data), PART)):
        part = name.with_name(f"{name.name}.{state['step']}.{number:03}")
        part.write_bytes(data[start : start + PART])
        parts[part.name] = hashlib.sha256(data[start : start + PART]).hexdigest()
    index, new = name.with_suffix(".json"), name.with_suffix(".json.new")
    new.write_text(json.dumps({"step": state["step"], "parts": parts}, indent=1) + "\n")
    os.replace(new, index)
    for old in name.parent.glob(f"{name.name}.*.[0-9][0-9][0-9]"):
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
