"""LibreOffice as a second program that computes our workbooks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

SOFFICE = shutil.which("soffice")
ALWAYS_RECALCULATE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
    '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>'
    "</item></oor:items>"
)


def recalculated(path: Path, folder: Path) -> Workbook:
    """The workbook after LibreOffice has computed every formula anew."""
    out, profile = folder / "out", folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    user = f"-env:UserInstallation={profile.as_uri()}"
    command = [str(SOFFICE), "--headless", user, "--convert-to", "xlsx", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return openpyxl.load_workbook(out / path.name, data_only=True)
