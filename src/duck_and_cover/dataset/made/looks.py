"""Fourteen ways a procedural cover can look. Each paints over the whole of a sheet, with randomness from it alone."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from duck_and_cover.dataset.made.sheet import Inks, Sheet, between, ramp

__all__ = [
    "LOOKS", "Look", "blobs", "blocks", "collage", "drift", "flames", "framed", "hills", "horizon", "lines", "portrait",
    "rays", "thing", "tiles", "waves",
]  # fmt: skip


def blocks(sheet: Sheet, inks: Inks) -> None:
    """Uneven blocks of a few inks, quarter circles in some, one large figure printed over."""
    rng = sheet.rng
    sheet.paint(np.ones_like(sheet.x), inks.paper)
    columns = np.cumsum(rng.dirichlet(np.full(int(rng.integers(2, 5)), 3.0)))
    rows = np.cumsum(rng.dirichlet(np.full(int(rng.integers(2, 5)), 3.0)))
    top = 0.0
    for bottom in rows:
        left = 0.0
        for right in columns:
            colour = (inks.paper, inks[0], inks[1], inks[2], inks.dark)[rng.choice(5, p=(0.3, 0.25, 0.2, 0.15, 0.1))]
            cell = sheet.box((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2)
            sheet.paint(sheet.edge(cell), colour)
            if rng.random() < 0.45:
                corner = (left, right)[rng.integers(2)], (top, bottom)[rng.integers(2)]
                quarter = sheet.disc(*corner, min(right - left, bottom - top))
                sheet.paint(sheet.edge(np.maximum(cell, quarter)), (inks[1], inks.dark, inks.paper)[rng.integers(3)])
            left = right
        top = bottom
    x, y, radius = rng.uniform(0.25, 0.75), rng.uniform(0.25, 0.75), rng.uniform(0.16, 0.3)
    sheet.overprint(sheet.edge(sheet.disc(x, y, radius)), inks[rng.integers(2)])
    sheet.paint(sheet.edge(np.abs(sheet.disc(x, y, radius * 0.55)) - 0.012), inks.dark)
    sheet.paint(sheet.edge(sheet.box(x + radius * 0.7, y, 0.012, radius * 1.5, rng.uniform(-0.6, 0.6))), inks.dark)


def flames(sheet: Sheet, inks: Inks) -> None:
    """Symmetric fire in the dark about a spiked emblem."""
    rng = sheet.rng
    u = np.abs(sheet.x - 0.5)
    noise = sheet.clouds(5, 4, 2)
    noise = (noise + noise[:, ::-1]) / 2
    ridges = np.clip(1 - 3.2 * np.abs(noise - 0.5), 0, 1)
    reach = np.clip(sheet.y * 1.3 - 0.15 + rng.uniform(0.2, 0.9) * (0.35 - u), 0, 1)
    sheet.paint(
        np.ones_like(u),
        ramp(np.clip(ridges * reach * 1.35, 0, 1), (inks.dark, inks.dark, inks[0], inks[1], inks.paper)),
    )
    glow = np.exp(-((u / 0.25) ** 2 + ((sheet.y - 0.45) / 0.3) ** 2))
    sheet.paint(0.5 * glow * (0.4 + noise), between(inks[0], inks.dark, 0.35))
    centre, length = rng.uniform(0.38, 0.5), rng.uniform(0.28, 0.4)
    v = sheet.y - centre
    blade = u - np.maximum(0, 0.05 - 0.05 * np.abs(v) / length)
    spikes = [np.maximum(blade, np.abs(v) - length)]
    for _ in range(int(rng.integers(2, 5))):
        height, rise, span = rng.uniform(-0.6, 0.4) * length, rng.uniform(-1.0, 1.0), rng.uniform(0.12, 0.36)
        curve = np.abs(v - height - rise * u + rng.uniform(0, 3) * u * u) - np.maximum(0, 0.045 * (1 - u / span))
        spikes.append(np.maximum(curve, u - span))
    if rng.random() < 0.5:
        spikes.append(np.abs(sheet.disc(0.5, centre, length * rng.uniform(0.45, 0.8))) - 0.014)
    emblem = np.minimum.reduce(spikes).astype(np.float32)
    sheet.paint(sheet.edge(emblem - 0.018), inks.dark)
    sheet.paint(sheet.edge(emblem), between(inks.paper, inks[1], float(rng.random() * 0.5)))


def lines(sheet: Sheet, inks: Inks) -> None:
    """Op art: stripes, rings or dots bent over a hidden relief."""
    rng = sheet.rng
    sheet.paint(np.ones_like(sheet.x), inks.dark if rng.random() < 0.7 else inks.paper)
    light = inks.paper if sheet.rgb[0, 0].sum() < 1.5 else inks.dark
    x, y = rng.uniform(0.3, 0.7, 2)
    bump = np.exp(-((np.hypot(sheet.x - x, sheet.y - y) / rng.uniform(0.15, 0.35)) ** 2)) * rng.uniform(0.06, 0.2)
    count, kind = int(rng.integers(9, 20)), int(rng.integers(4))
    colour = ramp(np.clip(bump / max(1e-6, float(bump.max())), 0, 1), (light, inks[0], inks[1]))
    if kind == 3:
        u, v = ((sheet.x + bump) * count) % 1 - 0.5, ((sheet.y + bump) * count) % 1 - 0.5
        sheet.paint(sheet.edge((np.hypot(u, v) - 0.16 - 1.5 * bump) / count), colour)
        return
    phase = (sheet.y + bump, np.hypot(sheet.x - x, sheet.y - y) + bump / 2, sheet.x * 0.7 + sheet.y * 0.7 + bump)[kind]
    stripe = np.abs((phase * count) % 1 - 0.5) - rng.uniform(0.12, 0.3)
    sheet.paint(sheet.edge((stripe / count).astype(np.float32)), colour)
    if rng.random() < 0.5:
        sheet.paint(sheet.edge(sheet.box(x, y, 0.14, 0.14, np.pi / 4 * rng.integers(2))), inks[0])


def hills(sheet: Sheet, inks: Inks) -> None:
    """Hills behind hills in the haze, under a low sun."""
    rng = sheet.rng
    glow = between(inks.paper, inks[0], 0.25)
    sheet.paint(
        np.ones_like(sheet.x),
        ramp(np.clip(sheet.y * 1.5, 0, 1), (between(inks[0], inks.paper, 0.35), glow, inks.paper)),
    )
    sheet.paint(
        sheet.edge(sheet.disc(rng.uniform(0.2, 0.8), rng.uniform(0.18, 0.45), rng.uniform(0.06, 0.13))), inks[1]
    )
    count, start = int(rng.integers(4, 7)), rng.uniform(0.35, 0.5)
    for i in range(count):
        share = i / (count - 1)
        top = np.full(sheet.size_px, start + (0.95 - start) * share, np.float32)
        for wave in range(4):
            height = rng.uniform(0.03, 0.09) * 0.55**wave
            top += height * np.sin(2 * np.pi * (2.1**wave) * rng.uniform(0.5, 1.1) * sheet.x[0] + rng.uniform(0, 6.3))
        far = between(between(inks.paper, inks[0], 0.45), inks[0], share)
        colour = between(far, inks.dark, share**1.5 * 0.85)
        sheet.paint(sheet.edge(top[None] - sheet.y), colour)
        sheet.paint(sheet.edge(np.abs(top[None] - sheet.y) - 0.002) * 0.5, between(colour, inks.paper, 0.35))


def portrait(sheet: Sheet, inks: Inks) -> None:
    """Head and shoulders as three flat tones, lit from one side, before a strong ground."""
    rng = sheet.rng
    sheet.paint(np.ones_like(sheet.x), inks[0])
    if rng.random() < 0.5:
        sheet.paint(sheet.edge(sheet.box(1.0, 0.5, rng.uniform(0.3, 0.6), 0.6)), inks[1])
    else:
        sheet.paint(sheet.edge(sheet.disc(0.5, 0.42, rng.uniform(0.34, 0.44))), inks[1])
    x, y, width = 0.5 + rng.uniform(-0.06, 0.06), rng.uniform(0.38, 0.46), rng.uniform(0.14, 0.175)
    u, v = sheet.x - x, sheet.y - y
    skin = between(inks.dark, inks[2], rng.uniform(0.2, 0.5))
    face = np.hypot(u / width, v / (1.3 * width)) * width - width
    shoulders = np.hypot(u / 1.5, sheet.y - y - 1.6 * width - 0.33).astype(np.float32) - np.float32(0.3)
    sheet.paint(sheet.edge(sheet.box(x, y + 1.5 * width, 0.55 * width, width)), between(skin, inks.dark, 0.45))
    sheet.paint(sheet.edge(shoulders), inks.dark)
    sheet.paint(sheet.edge(np.maximum(shoulders, np.abs(np.abs(u) - 0.17) - 0.018)), inks[rng.integers(3)])
    sheet.paint(sheet.edge(face), skin)
    side = -1.0 if rng.random() < 0.5 else 1.0
    light = np.maximum(face + 0.012, side * (u + 0.25 * v) + 0.015 * np.sin(30 * v) - 0.01)
    sheet.paint(sheet.edge(light), between(skin, inks.paper, 0.45))
    kind = rng.integers(3)
    if kind == 0:  # a cap
        sheet.paint(sheet.edge(np.maximum(face - 0.012, v + 0.35 * width)), inks.dark)
        sheet.paint(sheet.edge(sheet.box(x + side * 0.7 * width, y - 0.42 * width, width, 0.02)), inks.dark)
    elif kind == 1:  # hair
        crown = np.hypot(u, v + 0.55 * width) - np.float32(width * rng.uniform(1.15, 1.7))
        sheet.paint(
            sheet.edge(np.maximum(crown, np.maximum(v + 0.35 * width, -face - 1.0)).astype(np.float32)), inks.dark
        )
    else:  # a hood
        sheet.paint(sheet.edge(np.maximum(np.abs(face - 0.035) - 0.035, v - 1.2 * width)), inks.dark)
    if rng.random() < 0.6:
        lens = np.minimum(sheet.disc(x - 0.42 * width, y, 0.3 * width), sheet.disc(x + 0.42 * width, y, 0.3 * width))
        sheet.paint(sheet.edge(np.minimum(lens, sheet.box(x, y - 0.05 * width, 0.8 * width, 0.008))), inks.dark)


def framed(sheet: Sheet, inks: Inks) -> None:
    """A painted view in a wide paper margin, ruled once."""
    rng = sheet.rng
    margin, horizon = rng.uniform(0.08, 0.15), rng.uniform(0.5, 0.66)
    haze = sheet.clouds(3, 4, 2)
    sky = np.clip(sheet.y / horizon * 0.75 + (haze - 0.5) * 0.7, 0, 1)
    view = ramp(sky, (between(inks[0], inks.paper, 0.2), between(inks[0], inks.paper, 0.6), inks.paper, inks[1]))
    water = ramp(
        np.clip((sheet.y - horizon) / (1 - horizon) + (haze - 0.5) * 0.4, 0, 1), (inks.paper, inks[0], inks.dark)
    )
    below = sheet.edge(horizon - sheet.y)[..., None]
    view = view * (1 - below) + water * below
    ground = Sheet(sheet.size_px, inks.paper, rng)
    ground.rgb = view
    for share in (0.35, 0.8):
        profile = np.cumsum(rng.normal(0, 1, 24)).astype(np.float32)
        profile = cv2.resize(profile[None], (sheet.size_px, 1), interpolation=cv2.INTER_CUBIC)
        top = horizon - 0.02 - (profile - profile.min()) * 0.022 * (1.3 - share)
        hill = np.maximum(top - sheet.y, sheet.y - horizon)
        ground.paint(ground.edge(hill), between(between(inks[0], inks.paper, 0.3), inks.dark, share))
    for _ in range(int(rng.integers(0, 4))):
        x, height = rng.uniform(0.12, 0.88), rng.uniform(0.06, 0.2)
        tree = ground.disc(x, horizon + 0.1 - height, height * 0.5) + 0.16 * (0.5 - haze)
        tree = np.minimum(tree, ground.box(x, horizon + 0.1 - height / 2, 0.008, height / 2))
        ground.paint(ground.edge(tree), between(inks.dark, inks[0], 0.25))
    sheet.paint(np.ones_like(sheet.x), inks.paper if rng.random() < 0.75 else inks.dark)
    frame = sheet.box(0.5, 0.5 + margin * 0.25, 0.5 - margin, 0.5 - margin * 1.25)
    sheet.paint(sheet.edge(frame), ground.rgb)
    sheet.paint(sheet.edge(np.abs(frame - margin * 0.3) - 0.003), inks[1])


def horizon(sheet: Sheet, inks: Inks) -> None:
    """A striped sun over a grid that runs to the horizon."""
    rng = sheet.rng
    level = rng.uniform(0.55, 0.68)
    night = between(inks.dark, inks[0], 0.25)
    sky = ramp(np.clip(sheet.y / level, 0, 1), (inks.dark, night, inks[0], inks[1]))
    sheet.paint(np.ones_like(sheet.x), sky)
    stars = sheet.rng.random((48, 48), np.float32) > 0.985
    shown = cv2.resize(stars.astype(np.float32), (sheet.size_px, sheet.size_px), interpolation=cv2.INTER_AREA)
    sheet.paint(shown * np.clip(1 - sheet.y / level * 1.4, 0, 1), inks.paper)
    x, radius = rng.uniform(0.4, 0.6), rng.uniform(0.18, 0.28)
    middle = level - radius * rng.uniform(0.3, 0.8)
    sun = sheet.disc(x, middle, radius)
    sheet.paint(np.exp(-np.clip(sun, 0, None) / 0.08) * 0.55, inks[1])
    depth = np.clip((sheet.y - middle + radius) / (2 * radius), 0, 1)
    gaps = (0.06 + (depth - 0.35) * 0.5 - np.abs((depth * 9) % 1 - 0.5)) / 9 * (2 * radius)
    body = np.maximum(sun, np.where(depth > 0.35, gaps, -1)).astype(np.float32)
    sheet.paint(sheet.edge(body), ramp(depth, (between(inks[1], inks.paper, 0.7), inks[1], inks[2])))
    floor = sheet.edge(level - sheet.y)
    far = np.maximum(sheet.y - level, 0.004)
    sheet.paint(floor, ramp(np.clip(far / (1 - level), 0, 1), (night, inks.dark)))
    across = 0.5 - np.abs(((sheet.x - 0.5) / far * 1.6) % 1 - 0.5)  # phase from the nearest line, both ways
    along = 0.5 - np.abs((0.3 / far) % 1 - 0.5)
    line = np.maximum(sheet.edge(across * far / 1.6 - 0.004), sheet.edge(along * far**2 / 0.3 - 0.004))
    sheet.paint(floor * line * np.clip(far * 9, 0.15, 1), between(inks[1], inks.paper, 0.35))


def blobs(sheet: Sheet, inks: Inks) -> None:
    """Bright soft bodies, shaded as if blown up with air."""
    rng = sheet.rng
    sheet.paint(
        np.ones_like(sheet.x), ramp(sheet.y, (between(inks[0], inks.paper, 0.45), between(inks[1], inks.paper, 0.25)))
    )
    for i in range(int(rng.integers(5, 9))):
        x, y, radius = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), rng.uniform(0.09, 0.25)
        angle = np.arctan2(sheet.y - y, sheet.x - x)
        wobble = 1 + rng.uniform(0, 0.22) * np.cos(int(rng.integers(2, 6)) * angle + rng.uniform(0, 6.3))
        body = sheet.disc(x, y, 0) - radius * wobble.astype(np.float32)
        colour, height = inks[i + 1], np.clip(-body / radius, 0, 1)
        light = np.exp(
            -(((sheet.x - x + 0.35 * radius) ** 2 + (sheet.y - y + 0.4 * radius) ** 2) / (0.45 * radius) ** 2)
        )
        sheet.paint(np.clip(0.5 - (body - 0.02) / 0.06, 0, 1) * 0.25, inks.dark)
        shade = (
            between(colour, inks.dark, 0.4)
            + (colour - between(colour, inks.dark, 0.4)) * np.clip(height * 2.4, 0, 1)[..., None]
        )
        sheet.paint(sheet.edge(body), shade.astype(np.float32))
        sheet.paint(sheet.edge(body) * light * 0.75, between(colour, inks.paper, 0.9))


def collage(sheet: Sheet, inks: Inks) -> None:
    """Torn strips at odd angles, some photocopied, some dotted."""
    rng = sheet.rng
    sheet.paint(np.ones_like(sheet.x), (inks.paper, inks[0], inks.dark)[rng.integers(3)])
    torn = (sheet.clouds(20, 2) - 0.5) * 0.05
    photo = sheet.clouds(4, 3)
    for i in range(int(rng.integers(6, 10))):
        turn = rng.normal(0, 0.3) + (np.pi / 2) * rng.integers(2)
        x, y = rng.uniform(0.12, 0.88, 2)
        piece = sheet.box(x, y, rng.uniform(0.15, 0.42), rng.uniform(0.05, 0.2), turn) + torn
        sheet.paint(np.clip(0.5 - (piece - 0.012) / 0.03, 0, 1) * 0.4, inks.dark)
        sheet.paint(sheet.edge(piece), inks.paper)
        inside, kind = sheet.edge(piece + 0.012), int(rng.integers(5))
        if kind < 2:
            sheet.paint(inside, (inks[i], inks.dark)[kind])
        elif kind == 2:
            sheet.paint(inside * np.clip((photo - 0.5) * 18 + 0.5, 0, 1), inks.dark)
        elif kind == 3:
            u, v = (sheet.x * 22) % 1 - 0.5, (sheet.y * 22) % 1 - 0.5
            sheet.paint(inside * sheet.edge((np.hypot(u, v) - 0.15 - 0.35 * photo) / 22), inks[i])
        else:
            stripes = np.abs((sheet.x * np.cos(turn) + sheet.y * np.sin(turn)) * 16 % 1 - 0.5) - 0.25
            sheet.paint(inside * sheet.edge((stripes / 16).astype(np.float32)), inks[i + 1])


def drift(sheet: Sheet, inks: Inks) -> None:
    """Fog with a pale disc or a far line in it."""
    rng = sheet.rng
    fog = np.clip(0.55 * sheet.clouds(2, 2) + 0.45 * (sheet.y * rng.uniform(-1, 1) + rng.uniform(0.2, 0.8)), 0, 1)
    colours = (
        between(inks.dark, inks[0], rng.uniform(0.2, 0.8)),
        inks[0],
        between(inks[1], inks.paper, 0.4),
        inks.paper,
    )
    sheet.paint(np.ones_like(sheet.x), ramp(fog, colours))
    x, y, radius = rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7), rng.uniform(0.08, 0.26)
    disc = sheet.disc(x, y, radius)
    if rng.random() < 0.6:
        sheet.paint(np.exp(-np.clip(disc, 0, None) / 0.07) * 0.45, inks.paper)
        sheet.paint(sheet.edge(disc) * np.clip(0.35 + (y - sheet.y) / radius * 0.5, 0.05, 0.9), inks.paper)
    else:
        sheet.paint(sheet.edge(np.abs(disc) - 0.004), inks.paper)
        sheet.paint(sheet.edge(np.abs(sheet.y - y) - 0.003) * 0.8, inks.dark)
    veil = sheet.clouds(3, 4, 2)
    sheet.paint(np.clip(veil - 0.45, 0, 1) * 0.5, between(inks[1], inks.paper, 0.5))


def rays(sheet: Sheet, inks: Inks) -> None:
    """Rays and rings from one bright point."""
    rng = sheet.rng
    x, y = rng.uniform(0.3, 0.7), rng.uniform(0.35, 0.95)
    angle = np.arctan2(sheet.y - y, sheet.x - x) / (2 * np.pi) + rng.random()
    radius = np.hypot(sheet.x - x, sheet.y - y)
    count, twist = int(rng.integers(9, 19)), rng.choice((0.0, 0.0, rng.uniform(-0.35, 0.35)))
    place = (angle + twist * radius) * count
    sheet.paint(np.ones_like(sheet.x), inks[0])
    reach = (np.abs(place % 1 - 0.5) - 0.25) * 2 * np.pi * np.maximum(radius, 0.01) / count
    colour = np.where((np.floor(place + 0.5) % 2)[..., None] > 0, inks[1], inks[2]).astype(np.float32)
    sheet.paint(sheet.edge(reach.astype(np.float32)), colour)
    outer = rng.uniform(0.16, 0.3)
    for share, tone in ((1.0, inks.dark), (0.88, inks[1]), (0.68, inks.paper), (0.5, inks[0]), (0.28, inks.dark)):
        sheet.paint(sheet.edge(sheet.disc(x, y, outer * share)), tone)
    if rng.random() < 0.5:
        frame = -sheet.box(0.5, 0.5, 0.455, 0.455)
        sheet.paint(sheet.edge(frame), inks.paper)


def tiles(sheet: Sheet, inks: Inks) -> None:
    """A mirrored tile, woven or inlaid, with a medallion."""
    rng = sheet.rng
    count = int(rng.integers(3, 7))
    u, v = np.abs((sheet.x * count) % 1 - 0.5), np.abs((sheet.y * count) % 1 - 0.5)
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    star = radius * (1 + rng.uniform(0.1, 0.5) * np.cos(4 * int(rng.integers(1, 4)) * angle))
    fields = (u + v, star, np.maximum(u, v), np.abs(u - v), radius)
    sheet.paint(np.ones_like(u), inks[0])
    for i, width in enumerate((0.46, 0.36, 0.27, 0.17, 0.08)):
        field = fields[rng.integers(len(fields))]
        sheet.paint(
            sheet.edge(((field - width) / count).astype(np.float32)),
            (inks[1], inks.paper, inks.dark, inks[2], inks[0])[i],
        )
    if rng.random() < 0.65:
        whole = np.arctan2(sheet.y - 0.5, sheet.x - 0.5)
        petals = int(rng.integers(6, 15))
        for i, size in enumerate((0.33, 0.27, 0.2, 0.12)):
            flower = sheet.disc(0.5, 0.5, 0) - np.float32(size) * (1 + 0.09 * np.cos(petals * whole)).astype(np.float32)
            sheet.paint(sheet.edge(flower), (inks.dark, inks[1], inks.paper, inks[0])[i])


def waves(sheet: Sheet, inks: Inks) -> None:
    """Liquid bands, as if oil had been stirred."""
    rng = sheet.rng
    warp = sheet.clouds(2, 2) * rng.uniform(0.6, 1.4)
    swirl = np.arctan2(sheet.y - rng.uniform(0.2, 0.8), sheet.x - rng.uniform(0.2, 0.8)) / (2 * np.pi)
    phase = (warp + sheet.clouds(2, 2) * 0.6 + abs(swirl) * rng.uniform(0.2, 0.9)) * rng.uniform(1.8, 3.6)
    bands = [inks[0], inks[1], inks.paper, inks[2], inks.dark, inks[3]]
    bands = bands[: int(rng.integers(4, 7))]
    down, right = np.gradient(phase * 2)
    slope = np.hypot(down, right) + 1e-6
    place = (phase * 2 - slope / 2) % len(bands)
    colours = np.stack(bands)
    index = np.minimum(np.floor(place).astype(int), len(bands) - 1)
    share = np.clip((place - index - 1) / slope + 1, 0, 1)[..., None]
    sheet.rgb = (colours[index] * (1 - share) + colours[(index + 1) % len(bands)] * share).astype(np.float32)
    if rng.random() < 0.5:
        sheet.paint(sheet.edge(sheet.disc(0.5, 0.5, rng.uniform(0.15, 0.28))), inks[int(rng.integers(4))])


def thing(sheet: Sheet, inks: Inks) -> None:
    """One object alone on a wide plain, with its shadow."""
    rng = sheet.rng
    level = rng.uniform(0.6, 0.75)
    sky = (between(inks[0], inks.dark, rng.uniform(0, 0.7)), inks[0], between(inks[0], inks.paper, 0.75))
    sheet.paint(np.ones_like(sheet.x), ramp(np.clip(sheet.y / level, 0, 1), sky))
    plain = ramp(
        np.clip((sheet.y - level) / (1 - level), 0, 1),
        (between(inks[1], inks.paper, 0.4), inks[1], between(inks[1], inks.dark, 0.5)),
    )
    sheet.paint(sheet.edge(level - sheet.y), plain)
    x, radius = rng.uniform(0.33, 0.67), rng.uniform(0.13, 0.23)
    y = level - radius * rng.uniform(0.3, 1.6)
    lean, foot = rng.uniform(-0.5, 0.5), max(level + 0.06, y + radius)
    shadow = np.hypot((sheet.x - x - lean * 0.3) / 1.5, (sheet.y - foot) / 0.28) - np.float32(radius)
    sheet.paint(np.clip(0.5 - shadow / 0.06, 0, 1) * 0.6, inks.dark)
    kind = int(rng.integers(4))
    u, v = (sheet.x - x) / radius, (sheet.y - y) / radius
    if kind == 0:
        body, light = (
            sheet.disc(x, y, radius),
            np.sqrt(np.clip(1 - u * u - v * v, 0, 1)) * 0.5 + (lean * u - v) * 0.35 + 0.15,
        )
    elif kind == 1:
        body, light = sheet.box(x, y, radius * 0.45, radius * 1.3), np.where(u < 0.1, 0.75, 0.25) + 0 * v
    elif kind == 2:
        body = np.maximum(sheet.y - y - radius, (np.abs(sheet.x - x) * 1.7 - (sheet.y - y + radius)) / 2)
        light = np.where(u * 1.7 < (v + 1) * lean, 0.8, 0.3)
    else:
        body, light = np.abs(sheet.disc(x, y, radius * 0.8)) - np.float32(radius * 0.22), 0.5 - 0.3 * v + 0.3 * lean * u
    tones = (inks.dark, inks[2], between(inks[2], inks.paper, 0.85))
    sheet.paint(sheet.edge(body.astype(np.float32)), ramp(np.clip(light, 0, 1).astype(np.float32), tones))


Look = Callable[[Sheet, Inks], None]
LOOKS: dict[str, Look] = {
    look.__name__: look
    for look in (
        blobs, blocks, collage, drift, flames, framed, hills, horizon, lines, portrait, rays, thing, tiles, waves,
    )
}  # fmt: skip
"""Every look by name."""
