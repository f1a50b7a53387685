"""Colours of report.html: told apart with any common colour blindness, in the light theme and in the dark."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

CSS = (Path(__file__).parents[2] / "reports" / "templates" / "report.css").read_text(encoding="utf-8")
LIGHT, DARK = CSS.split("@media screen and (prefers-color-scheme: dark)", 1)
SERIES = ("it", "idle", "cooling", "chain", "house", "other", "storage")
GRADES = ("gradeA", "gradeB", "gradeC", "gradeD", "gradeX")
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""What each kind of sight makes of linear RGB (Machado, Oliveira and Fernandes 2009, full severity)."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def seen(colour: str, sight: str) -> np.ndarray:
    """CIELAB of a colour as this sight sees it."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(SIGHT[sight]) @ linear, 0, 1) / (0.9505, 1.0, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("names", "least"), [(SERIES, 20), (GRADES, 12)], ids=["series", "grades"])
def test_colours_are_told_apart(theme: str, sight: str, names: tuple[str, ...], least: float) -> None:
    """Proves a distance between any two colours that can meet in a chart: blue beside purple, or teal beside grey,
    which look alike without red or green receptors, would be caught (20 is well visible, 2 is just visible)."""
    colours = {name: re.findall(rf"--c-{name}: (#[0-9a-f]{{6}})", theme)[0] for name in names}
    apart = {pair: np.linalg.norm(seen(colours[pair[0]], sight) - seen(colours[pair[1]], sight))
             for pair in combinations(names, 2)}  # fmt: skip
    closest = min(apart, key=lambda pair: apart[pair])
    assert apart[closest] >= least, (closest, apart[closest])
