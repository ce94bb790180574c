"""Files that were sent: ids, sizes, what a picture measures."""

import hashlib
import mimetypes
import random
import struct
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

MEMORY_LIMIT_BYTES: Final = 256 << 20
_TYPES: Final = mimetypes.MimeTypes()
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_JPEG_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PNG_HEADER: Final = 24
_GIF_HEADER: Final = 10
_MAX_SIDES: Final = 10_000
_MAX_RATIO: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file; `path` is what getFile answers and /file/bot…/ serves."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    size: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime_type: str
    data: bytes


class NotAPictureError(ValueError):
    """The bytes are no picture Telegram would take."""


class Files:
    """Files by file_id. The bytes of the last MEMORY_LIMIT_BYTES stay in memory; `read` finds older ones."""

    def __init__(self, chance: random.Random) -> None:
        self.by_id: dict[str, StoredFile] = {}
        self.by_path: dict[str, StoredFile] = {}
        self.read: Callable[[StoredFile], bytes | None] = lambda _: None
        self.saved: Callable[[StoredFile, bytes], None] = lambda _file, _data: None
        self._data: OrderedDict[str, bytes] = OrderedDict()
        self._in_memory = 0
        self._chance = chance

    def add(self, upload: Upload, kind: str) -> StoredFile:
        """Keep an uploaded file. `kind` is photo or document. Raises NotAPictureError."""
        width, height = picture_size(upload.data) if kind == "photo" else (0, 0)
        unique = hashlib.sha256(upload.data).hexdigest()[:16]
        folder = "photos" if kind == "photo" else "documents"
        number = len(self.by_id)
        suffix = _suffix(upload, kind)
        file = StoredFile(
            file_id=f"{'AgAC' if kind == 'photo' else 'BQAC'}{number:06d}{self._chance.getrandbits(160):040x}",
            unique_id=f"AQAD{unique}",
            path=f"{folder}/file_{number}{suffix}",
            name=upload.name,
            mime_type=upload.mime_type,
            size=len(upload.data),
            width=width,
            height=height,
        )
        self.restore(file)
        self._remember(file, upload.data)
        self.saved(file, upload.data)
        return file

    def restore(self, file: StoredFile) -> None:
        """Know a file whose bytes are elsewhere."""
        self.by_id[file.file_id] = file
        self.by_path[file.path] = file

    def data(self, file: StoredFile) -> bytes | None:
        """The bytes, if they are still to be had."""
        data = self._data.get(file.file_id)
        return data if data is not None else self.read(file)

    def _remember(self, file: StoredFile, data: bytes) -> None:
        self._data[file.file_id] = data
        self._in_memory += len(data)
        while self._in_memory > MEMORY_LIMIT_BYTES and len(self._data) > 1:
            _, gone = self._data.popitem(last=False)
            self._in_memory -= len(gone)


def photo_sizes(file: StoredFile) -> list[dict[str, Any]]:
    """PhotoSize objects, small to large. Only one size is kept, the others are named as Telegram does."""
    sizes: list[dict[str, Any]] = []
    longest = max(file.width, file.height)
    for mark, side in (("s", 90), ("m", 320), ("x", 800), ("y", 1280)):
        last = side >= longest or mark == "y"
        scale = 1.0 if last else side / longest
        sizes.append(
            {
                "file_id": file.file_id,
                "file_unique_id": f"{file.unique_id}{mark}",
                "file_size": file.size if last else max(1, int(file.size * scale * scale)),
                "width": max(1, round(file.width * scale)),
                "height": max(1, round(file.height * scale)),
            }
        )
        if last:
            break
    return sizes


def document(file: StoredFile) -> dict[str, Any]:
    """The Document object."""
    return {
        "file_name": file.name,
        "mime_type": file.mime_type,
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
    }


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG, GIF, WebP or JPEG. Raises NotAPictureError."""
    if data.startswith(_PNG) and len(data) >= _PNG_HEADER:
        width, height = struct.unpack(">II", data[16:24])
    elif data[:6] in {b"GIF87a", b"GIF89a"} and len(data) >= _GIF_HEADER:
        width, height = struct.unpack("<HH", data[6:10])
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        width, height = _webp_size(data)
    elif data.startswith(_JPEG):
        width, height = _jpeg_size(data)
    else:
        raise NotAPictureError("IMAGE_PROCESS_FAILED")
    if not (width and height):
        raise NotAPictureError("IMAGE_PROCESS_FAILED")
    if width + height > _MAX_SIDES or max(width, height) > _MAX_RATIO * min(width, height):
        raise NotAPictureError("PHOTO_INVALID_DIMENSIONS")
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004  every JPEG segment begins so
        if data[at + 1] in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0


def _suffix(upload: Upload, kind: str) -> str:
    if kind == "photo":
        return ".png" if upload.data.startswith(_PNG) else ".jpg"
    dot = upload.name.rfind(".")
    name = upload.name[dot:] if dot > 0 else ""
    return name if name[1:].isalnum() and name.isascii() else ""


def guess_type(name: str) -> str:
    """The media type by the file's name."""
    return _TYPES.guess_type(name)[0] or "application/octet-stream"
