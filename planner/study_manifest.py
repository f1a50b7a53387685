"""The manifest of a study's folder: what it was made from, and the digests of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.codec import to_json
from planner.folder import MANIFEST, sha256_of
from planner.results import AlteredFolder, RunRecord, not_as_written, read_json, versions


def write_study_manifest(
    folder: Path, kind: str, names: Sequence[str], record: RunRecord, seconds: Mapping[str, float], **more: Any
) -> None:
    """Write the manifest of a study, the last of its files; names: the files whose digests it holds."""
    manifest = {
        "kind": kind,
        "inputs": [dict(entry) for entry in record.inputs],
        "files": digests(folder, names),
        "options": dict(record.options),
        "warnings": list(record.warnings),
        "seconds": dict(seconds),
        **more,
        "versions": versions(),
    }
    (folder / MANIFEST).write_bytes(manifest_bytes(manifest))


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as it stands in its file."""
    return f"{to_json(dict(manifest))}\n".encode()


def digests(folder: Path, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """What a manifest says of files."""
    return {name: {"sha256": sha256_of(folder / name)} for name in names}


def unaltered(folder: Path, name: str) -> dict[str, Any]:
    """The manifest of a study. Raises BadFolder if it cannot be understood, AlteredFolder if the file `name`, which the
    documents are made from, is not as it was written."""
    manifest = read_json(folder / MANIFEST)
    files = manifest.get("files")
    entry = files.get(name) if isinstance(files, dict) else None
    if not isinstance(entry, dict) or entry.get("sha256") != sha256_of(folder / name):
        raise AlteredFolder([not_as_written(name)])
    return manifest
