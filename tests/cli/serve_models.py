"""serve_models.py FOLDER ADDRESS LOG: indexes of models and their files, on the loopback interface

FOLDER holds model.bin and vocab.spm of a Firefox model. Where the server listens is written to the
file ADDRESS; a line for each request, with the range that it asked for, goes to LOG. What comes before
a file's name in a path is how it is served: see Handler.behave. Ends when its standard input does.
"""

import gzip
import hashlib
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import time

folder, address_file, log_file = (pathlib.Path(argument) for argument in sys.argv[1:])
files = {
    "model": (folder / "model.bin").read_bytes(),
    "vocab": (folder / "vocab.spm").read_bytes(),
}
served = {}  # name: bytes


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def pack(data, packing):
    if packing == ".gz":
        return gzip.compress(data, mtime=0)
    if packing == ".zst":
        return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def record(pair, kind, version="1.0", packing="", behaviour="plain", architecture=None, old=False, **changes):
    """A record of Remote Settings; `old` as the collection before v2 has them. Changes of members
    come last, those of the attachment as attachment_MEMBER."""
    source, target = pair.split("-")
    name = f"{kind}.{source}{target}" + (".intgemm.alphas.bin" if kind == "model" else ".spm")
    data = files[kind]
    packed = pack(data, packing)
    served[name + packing] = packed
    languages = ("fromLang", "toLang") if old else ("sourceLanguage", "targetLanguage")
    result = {
        "name": name,
        languages[0]: source,
        languages[1]: target,
        "version": version,
        "fileType": kind,
        "filter_expression": "",
        "attachment": {
            "filename": name + packing,
            "location": f"{behaviour}/{name}{packing}",
            "hash": sha256(packed),
            "size": len(packed),
            "mimetype": "application/octet-stream",
        },
    }
    if architecture:
        result["architecture"] = architecture
    if packing and not old:
        result |= {"decompressedSize": len(data), "decompressedHash": sha256(data)}
    for key, value in changes.items():
        place = result["attachment"] if key.startswith("attachment_") else result
        place[key.removeprefix("attachment_")] = value
    return result


def model(pair, packing="", behaviour="plain", old=False, changes=None, **same):
    """Both files of a model; `behaviour` and `changes` are those of the model's file."""
    return [
        record(pair, "model", packing=packing, behaviour=behaviour, old=old, **same, **(changes or {})),
        record(pair, "vocab", packing=packing, old=old, **same),
    ]


def bad_archive(pair, data, size):
    """A model whose archive is not what it says: `data` is served, `size` promised."""
    name = f"model.{pair.replace('-', '')}.intgemm.alphas.bin.gz"
    records = model(pair, ".gz", changes={"decompressedSize": size, "attachment_hash": sha256(data),
                                          "attachment_size": len(data)})
    served[name] = data
    return records


def records():
    zst = ".zst" if shutil.which("zstd") else ".gz"
    size = len(files["model"])
    return (
        # Several versions: the highest that is released to everybody, in the architecture of desktops.
        model("xx-yy", version="1.0", behaviour="status404")
        + model("xx-yy", version="2.9", architecture="base-memory", behaviour="status404")
        + model("xx-yy", version="2.10", architecture="tiny", behaviour="status404")
        + model("xx-yy", zst, version="2.10", architecture="base-memory")
        + model("xx-yy", version="3.0a1", architecture="base-memory", behaviour="status404")
        + model("xx-yy", version="2.11", behaviour="status404", filter_expression="env.channel == 'nightly'")
        + model("aa-bb", old=True)
        + model("cc-dd", ".gz", old=True)
        + model("ee-ff", behaviour="redirect")
        + model("gg-hh", behaviour="slow")
        + model("ii-jj", behaviour="cut")
        + model("kk-ll", behaviour="no-range")
        + model("qq-en")
        + model("en-rr")
        # What has to fail.
        + model("bad-missing", behaviour="status404")
        + model("bad-broken", behaviour="status500")
        + model("bad-loop", behaviour="loop")
        + model("bad-file", behaviour="to-file")
        + model("bad-short", behaviour="short")
        + model("bad-long", behaviour="long")
        + model("bad-hash", changes={"attachment_hash": sha256(b"another file")})
        + model("bad-inner", ".gz", changes={"decompressedHash": sha256(b"another file")})
        + model("bad-digits", changes={"attachment_hash": "x" * 64})
        + model("bad-nohash", changes={"attachment_hash": ""})
        + model("bad-size", changes={"attachment_size": -5})
        + model("bad-name", changes={"name": "../../../../evil.bin"})
        + model("bad-hidden", changes={"name": ".bashrc"})
        + model("bad-option", changes={"name": "-rf"})
        + model("bad-twice", changes={"name": "vocab.badtwice.spm"})
        + model("bad-up", changes={"attachment_location": "../../etc/passwd"})
        + model("bad-host", changes={"attachment_location": "http://127.0.0.1:1/model.bin"})
        + model("bad-shell", changes={"attachment_location": "plain/$(touch evil)"})
        + bad_archive("bad-gzip", b"this is not gzip", size)
        + bad_archive("bad-bomb", gzip.compress(bytes(10_000_000)), size)
        + bad_archive("bad-little", gzip.compress(b"little"), size)
        + [record("bad-vocab", "model"), record("bad-model", "vocab")]
        # Not for us: other kinds of files, and what is no record at all.
        + [{**record("xx-yy", "vocab"), "fileType": "qualityModel"}, {"id": "x"}, None, 7]
    )


def registry(base):
    """models.json"""

    def entry(status, behaviour="plain"):
        record("mm-nn", "model", packing=".gz")
        record("mm-nn", "vocab", packing=".gz")
        return {
            "architecture": "base-memory",
            "releaseStatus": status,
            "sourceLanguage": "mm",
            "targetLanguage": "nn",
            "files": {
                "model": {
                    "path": f"{behaviour}/model.mmnn.intgemm.alphas.bin.gz",
                    "uncompressedSize": len(files["model"]),
                    "uncompressedHash": sha256(files["model"]),
                },
                "vocab": {"path": "plain/vocab.mmnn.spm.gz"},
            },
        }

    return {"baseUrl": base, "models": {"mm-nn": [entry("Nightly", "status404"), entry("Release Desktop")]}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cut = set()  # connections that were broken off once

    def log_message(self, *_):
        pass

    def base(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, data, status=200, headers=(), length=None):
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)

    def answer_json(self, value):
        self.answer(json.dumps(value).encode())

    def answer_file(self, data):
        """The file, or the part of it that is asked for."""
        wanted = self.headers.get("Range")
        if not wanted:
            return self.answer(data)
        start = int(wanted.removeprefix("bytes=").split("-")[0])
        if start >= len(data):
            return self.answer(b"", 416)
        content = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return self.answer(data[start:], 206, [("Content-Range", content)])

    def behave(self, behaviour, data, name):
        if behaviour == "plain":
            self.answer_file(data)
        elif behaviour == "redirect":
            self.answer(b"", 302, [("Location", f"/plain/{name}")])
        elif behaviour == "loop":
            self.answer(b"", 302, [("Location", self.path)])
        elif behaviour == "to-file":
            self.answer(b"", 302, [("Location", "file:///etc/passwd")])
        elif behaviour == "short":
            self.answer(data[: len(data) // 2])
        elif behaviour == "long":
            self.answer(data + b"more")
        elif behaviour == "no-range":
            self.answer(data)
        elif behaviour == "slow" and "Range" not in self.headers:
            self.answer(data[: len(data) // 2], length=len(data))
            time.sleep(3)
            self.wfile.write(data[len(data) // 2 :])
        elif behaviour == "cut" and name not in self.cut:
            self.cut.add(name)
            self.answer(data[: len(data) // 2], length=len(data))
            self.close_connection = True
        elif behaviour.startswith("status"):
            self.answer(b"no", int(behaviour.removeprefix("status")))
        else:
            self.answer_file(data)

    def do_GET(self):
        with log_file.open("a") as log:
            log.write(f"{self.path} {self.headers.get('Range', '-')}\n")
        parts = self.path.strip("/").split("/")
        try:
            if self.path == "/v1/":
                self.answer_json({"capabilities": {"attachments": {"base_url": self.base() + "/"}}})
            elif self.path == "/v1/buckets/main/collections/models/records" or self.path == "/records.json":
                self.answer_json({"data": all_records})
            elif self.path == "/models.json":
                self.answer_json(registry(self.base() + "/"))
            elif self.path == "/registry-to-file.json":
                self.answer_json(registry("file:///etc"))
            elif parts[0].startswith("status"):
                self.behave(parts[0], b"", "")
            elif self.path == "/not-json":
                self.answer(b"<html>Sign in to the hotel's network</html>")
            elif self.path == "/not-index":
                self.answer_json({"hello": "world"})
            elif self.path == "/no-base/v1/":
                self.answer_json({"capabilities": {}})
            elif self.path == "/no-base/v1/buckets/x/records":
                self.answer_json({"data": all_records})
            elif len(parts) == 2 and parts[1] in served:
                self.behave(parts[0], served[parts[1]], parts[1])
            else:
                self.answer(b"", 404)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


all_records = records()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
registry("")  # packs its files
address_file.with_suffix(".new").write_text(f"http://127.0.0.1:{server.server_port}")
address_file.with_suffix(".new").rename(address_file)
sys.stdin.read()
