"""The bytes of uploaded files, in a folder beside the journal or in memory."""

import asyncio
from pathlib import Path


class Blobs:
    """Bytes by file id; without a folder they are kept in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, bytes] = {}

    async def put(self, file_id: str, content: bytes) -> None:
        """Save the bytes of a file."""
        if self._folder is None:
            self._memory[file_id] = content
        else:
            await asyncio.to_thread(self._write, self._folder, file_id, content)

    @staticmethod
    def _write(folder: Path, file_id: str, content: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file_id).write_bytes(content)

    async def get(self, file_id: str) -> bytes | None:
        """The bytes of a file, None if there are none."""
        if self._folder is None:
            return self._memory.get(file_id)
        path = self._folder / file_id
        return await asyncio.to_thread(path.read_bytes) if path.exists() else None

    async def drop(self, file_id: str) -> None:
        """Delete the bytes of a file."""
        self._memory.pop(file_id, None)
        if self._folder is not None:
            await asyncio.to_thread((self._folder / file_id).unlink, missing_ok=True)
