import hashlib
import json
from importlib.resources import files

import pytest

from duck_and_cover.design.type import fontfiles
from duck_and_cover.design.type.faces import FACES
from duck_and_cover.design.type.fontfiles import manifest, opened

FONTS = files("duck_and_cover.design") / "fonts"
LOCK = json.loads((FONTS / "fonts.lock.json").read_text("utf-8"))["families"]
LATIN = next(f for f in manifest()["bebas-neue"] if f.subset == "latin")


@pytest.mark.parametrize("family", sorted(LOCK))
def test_family_is_as_its_designers_released_it(family):
    """An altered file may not carry a Reserved Font Name, so none is altered, and none is missing its
    licence."""
    facts = LOCK[family]
    wanted = {f["file"]: f["sha256"] for f in facts["files"]} | {"LICENSE": facts["licence_sha256"]}
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (FONTS / family).iterdir()}
    assert found == wanted
    assert facts["licence"] in ("OFL-1.1", "Apache-2.0")
    text = (FONTS / family / "LICENSE").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in text.upper() or "Apache License" in text
    assert facts["attribution"] and facts["integrity"].startswith("sha512-") and facts["version"][0].isdigit()


def test_reserved_names_were_read_from_the_licences():
    assert LOCK["metal-mania"]["reserved_font_name"] == "Metal Mania"
    assert LOCK["abril-fatface"]["reserved_font_name"] == "Abril, Abril Fatface"
    assert LOCK["limelight"]["reserved_font_name"] == "Limelight"
    assert LOCK["oswald"]["reserved_font_name"] is None


def test_faces_bear_their_own_names():
    assert {id: facts["family"] for id, facts in LOCK.items()} == {f.id: f.family for f in FACES.values()}


def test_every_family_is_credited_and_no_registry_is_named():
    notice = (FONTS / "THIRD_PARTY_FONTS.md").read_text("utf-8")
    assert all(f"| {facts['family']} | {facts['package']} {facts['version']} |" in notice for facts in LOCK.values())
    for text in (notice, json.dumps(LOCK)):
        assert "registry" not in text and "npmjs" not in text and ".tgz" not in text


def test_the_pack_stays_small():
    assert sum(f["bytes"] for facts in LOCK.values() for f in facts["files"]) < 10.5e6


def test_decoding_is_kept_beside_and_survives_damage(tmp_path, monkeypatch):
    monkeypatch.setenv(fontfiles.CACHE_VARIABLE, str(tmp_path))
    shape = opened.__wrapped__(LATIN).height("H")
    (kept,) = (tmp_path / "fonts").iterdir()
    assert hashlib.sha256((FONTS / LATIN.family / LATIN.name).read_bytes()).hexdigest()[:32] in kept.name
    assert shape == pytest.approx(0.7, abs=0.02)
    kept.write_bytes(kept.read_bytes()[:100])
    assert opened.__wrapped__(LATIN).height("H") == shape
    assert kept.stat().st_size > 10_000


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv(fontfiles.CACHE_VARIABLE, str(tmp_path / "file"))
    assert opened.__wrapped__(LATIN).height("H") > 0.6


def test_a_user_without_a_home_only_waits_longer(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    for variable in (fontfiles.CACHE_VARIABLE, "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(fontfiles.Path, "home", homeless)
    assert opened.__wrapped__(LATIN).height("H") > 0.6


def test_the_lock_tells_the_truth_about_coverage():
    for file in (LATIN, *manifest()["oswald"]):
        assert file.points == set(opened(file).font.face.unicodes)
    assert LATIN.has("e\u0301") and LATIN.has("a\u200d") and not LATIN.has("ж")
