from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from torch.utils.data import DataLoader

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.dataset.made.synthetic import synthetic_covers, write_parquet
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.errors import BadInput
from duck_and_cover.models.flow import FlowConfig
from duck_and_cover.models.progan import ProganConfig
from duck_and_cover.training.batches import Batch, BatchStream, TrainingSet, _chances, _wordless, training_set
from duck_and_cover.training.recipe import FlowRecipe, GanRecipe

ENCODER = ConditionEncoder()


@pytest.fixture(scope="module")
def covers(small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingSet:
    return training_set(tiny_dataset, small_recipe, ENCODER, tmp_path_factory.mktemp("cache"))


def same(a: Batch, b: Batch) -> bool:
    return all(torch.equal(getattr(a, f), getattr(b, f)) for f in ("picture", "condition", "aspects", "weight"))


def flat_set(count: int, margin_px: int) -> TrainingSet:
    """Pictures that say where they were cut: red is the column, green the row, blue the number of the cover."""
    ramp = np.arange(margin_px, dtype=np.uint8) * 8
    one = np.stack(
        [
            np.tile(ramp, (margin_px, 1)),
            np.tile(ramp[:, None], (1, margin_px)),
            np.zeros_like(ramp)[None] + 0 * ramp[:, None],
        ],
        -1,
    )
    pixels = np.repeat(one[None], count, 0)
    pixels[..., 2] = np.arange(count)[:, None, None]
    conditions = np.ones((count, ENCODER.dims), np.float32)
    side = {72: 64, 18: 16, 24: 16, 9: 8}.get(margin_px, margin_px)
    return TrainingSet({side: pixels}, [()] * count, conditions, np.full(count, 1 / count), np.zeros(count), "0")


def test_set_is_the_train_part_with_a_margin(covers: TrainingSet, tiny_dataset: Path) -> None:
    dataset = CoverDataset(tiny_dataset, "train", 18)
    assert len(covers) == len(dataset)
    assert covers.tables.keys() == {16}
    assert covers.tables[16].shape[1:] == (18, 18, 3), "16 px and an eighth to zoom into"
    assert covers.conditions.shape == (len(covers), ENCODER.dims)
    assert covers.content_hash == dataset.content_hash
    assert sum(covers.families.values()) <= len(covers) and "metal" in covers.families


def test_lettering_is_filled_in_and_remembered(small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path) -> None:
    id = next(CoverDataset(tiny_dataset, "train").origins()).id
    plain = training_set(tiny_dataset, small_recipe, ENCODER, tmp_path)
    filled = training_set(tiny_dataset, small_recipe, ENCODER, tmp_path, letters={id: [(0.0, 0.0, 1.0, 0.5)]})
    assert filled.boxes[0] == ((0.0, 0.0, 1.0, 0.5),)
    assert not any(filled.boxes[1:])
    before, after = plain.tables[16], filled.tables[16]
    assert not np.array_equal(before[0, :9], after[0, :9])
    assert np.array_equal(before[0, 9:], after[0, 9:])
    assert np.array_equal(before[1:], after[1:])
    assert plain.letters_hash != filled.letters_hash


def test_shapes_and_ranges(covers: TrainingSet, small_recipe: FlowRecipe) -> None:
    batch = BatchStream(covers, small_recipe, ENCODER).batch(0)
    assert batch.picture.shape == (16, 3, 16, 16)
    assert batch.condition.shape == (16, ENCODER.dims)
    assert batch.aspects.shape == (16, 2)
    assert batch.weight.shape == (16, 1, 16, 16)
    assert all(t.dtype == torch.float32 for t in (batch.picture, batch.condition, batch.aspects, batch.weight))
    assert -1 <= batch.picture.min() < -0.3 and 0.3 < batch.picture.max() <= 1


def test_a_picture_depends_on_seed_and_number_alone(covers: TrainingSet, small_recipe: FlowRecipe) -> None:
    stream = BatchStream(covers, small_recipe, ENCODER)
    third = list(islice(stream, 4))[3]
    assert same(third, BatchStream(covers, small_recipe, ENCODER).batch(48))
    assert same(third, next(iter(BatchStream(covers, small_recipe, ENCODER, start=48))))
    assert not same(third, stream.batch(64))
    assert not same(third, BatchStream(covers, small_recipe.with_changes(seed=12), ENCODER).batch(48))
    small = BatchStream(covers, small_recipe.with_changes(batch=4), ENCODER).batch(56)
    assert torch.equal(small.picture, third.picture[8:12]), "whatever the size of the batch"


def test_processes_share_a_batch(covers: TrainingSet, small_recipe: FlowRecipe) -> None:
    whole = BatchStream(covers, small_recipe, ENCODER).batch(80)
    for rank in (0, 1):
        half = BatchStream(covers, small_recipe, ENCODER, 0, rank, 2).batch(80)
        assert torch.equal(half.picture, whole.picture[rank::2])
        assert torch.equal(half.condition, whole.condition[rank::2])


def test_workers_do_not_change_the_order(covers: TrainingSet, small_recipe: FlowRecipe) -> None:
    stream = BatchStream(covers, small_recipe, ENCODER, start=32)
    loader = DataLoader(stream, batch_size=None, num_workers=2)
    assert all(same(a, b) for a, b in zip(islice(loader, 4), islice(stream, 4), strict=True))


def test_packed_batches_are_the_same_pictures_in_a_quarter_of_the_bytes(
    covers: TrainingSet, small_recipe: FlowRecipe
) -> None:
    plain = next(iter(BatchStream(covers, small_recipe, ENCODER)))
    packed = next(iter(BatchStream(covers, small_recipe, ENCODER, packed=True)))
    assert packed.picture.dtype == torch.uint8 and packed.picture.nbytes * 4 == plain.picture.nbytes
    found = packed.to(torch.device("cpu"))
    assert torch.allclose(found.picture, plain.picture, atol=1e-6)
    assert torch.allclose(found.weight, plain.weight, atol=1 / 500)
    assert torch.equal(found.condition, plain.condition) and torch.equal(found.aspects, plain.aspects)


def test_a_growing_network_is_shown_every_resolution(tiny_dataset: Path, tmp_path: Path) -> None:
    recipe = GanRecipe("x", ProganConfig(16), batch=8, batches=((4, 16),), stable_kimg=0.032, fade_kimg=0.032)
    covers = training_set(tiny_dataset, recipe, ENCODER, tmp_path)
    assert {side: table.shape[1] for side, table in covers.tables.items()} == {4: 4, 8: 8, 16: 16}
    stream = BatchStream(covers, recipe, ENCODER)
    shapes = [tuple(batch.picture.shape) for batch in islice(stream, 12)]
    assert shapes == [(16, 3, 4, 4)] * 3 + [(8, 3, 8, 8)] * 7 + [(8, 3, 16, 16)] * 2
    coarse, fine = (BatchStream(covers, recipe, ENCODER).batch(images).picture for images in (0, 200))
    assert coarse.shape[-1] == 4 and fine.shape[-1] == 16


def conditions(recipe: FlowRecipe | GanRecipe, count: int = 4000) -> np.ndarray:
    stream = BatchStream(flat_set(5, 72), recipe, ENCODER)
    return np.stack([stream._condition(0, np.random.default_rng(i)) for i in range(count)])


def test_fields_are_left_open_as_often_as_the_recipe_says() -> None:
    found = conditions(FlowRecipe("x", drop_all=0.0, drop_genres=0.05, drop_year=0.3, drop_names=0.6))
    open_share = {n: float((~found[:, w].any(1)).mean()) for n, w in ENCODER.fields.items()}
    assert open_share == pytest.approx({"genres": 0.05, "year": 0.3, "artist": 0.6, "album": 0.6}, abs=0.03)
    both = (~found[:, ENCODER.fields["artist"]].any(1)) & (~found[:, ENCODER.fields["year"]].any(1))
    assert both.mean() == pytest.approx(0.18, abs=0.03), "each field falls out by itself"


def test_the_whole_condition_is_left_open_too() -> None:
    found = conditions(FlowRecipe("x", drop_all=0.25, drop_genres=0, drop_year=0, drop_names=0))
    assert (~found.any(1)).mean() == pytest.approx(0.25, abs=0.03)
    assert set(found.all(1) | ~found.any(1)) == {np.True_}, "all or nothing"


def test_noise_falls_on_known_fields_only() -> None:
    recipe = GanRecipe("x", condition_noise=0.1, drop_all=0, drop_genres=0, drop_year=0.5, drop_names=0)
    found = conditions(recipe, 500)
    year = found[:, ENCODER.fields["year"]]
    known = year.any(1)
    assert 0.4 < known.mean() < 0.6
    assert float(year[known].std(0).mean()) == pytest.approx(0.1, rel=0.1)
    assert float(found[:, ENCODER.fields["genres"]].mean()) == pytest.approx(1.0, abs=0.01)


def test_years_are_told_wrong_by_so_many() -> None:
    recipe = FlowRecipe("x", drop_all=0, drop_genres=0, drop_year=0.5, drop_names=0, year_off=4.0)
    exact, found = conditions(replace(recipe, year_off=0.0), 50), conditions(recipe, 4000)
    said, true = ENCODER.read(found), ENCODER.read(exact).year.max()
    known = said.knows_year.astype(bool)
    assert 0.45 < known.mean() < 0.55
    assert float(said.year[known].mean()) == pytest.approx(true, abs=0.4)
    assert float(said.year[known].std()) == pytest.approx(4.0, rel=0.1)
    one, year = found[known][0], said.year[known][0]
    assert np.allclose(ENCODER.dated(one, year), one, atol=1e-4), "all that tells of a year tells of the same"


def test_words_of_rare_genres_are_left_open_and_their_families_stay() -> None:
    assert _wordless([["folk"], ["rock", "folk"], ["rock"], ["rock"], []], 3.0).tolist() == [0.6, 0.55, 0.5, 0.5, 0.0]
    covers = replace(flat_set(5, 72), wordless=np.array([0.7, 0, 0, 0, 0]))
    stream = BatchStream(covers, FlowRecipe("x", drop_all=0, drop_genres=0, drop_year=0, drop_names=0), ENCODER)
    found = np.stack([stream._condition(0, np.random.default_rng(i)) for i in range(2000)])
    assert (~found[:, ENCODER.words].any(1)).mean() == pytest.approx(0.7, abs=0.04)
    families = found[:, : ENCODER.words.start]
    assert families.any(1).all() and found[:, ENCODER.fields["genres"]][:, -1].all(), "a genre is still asked for"
    assert all(stream._condition(1, np.random.default_rng(i))[ENCODER.words].any() for i in range(50))


def test_covers_that_state_nothing_cannot_be_asked_for(
    small_recipe: FlowRecipe, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = pq.read_table(next(Path(make_plain(tmp_path)).glob("*.parquet")))
    assert "genres" not in rows.column_names
    with pytest.raises(BadInput, match="nothing to ask a network for; add those columns"):
        training_set(tmp_path / "plain", small_recipe, ENCODER, tmp_path / "cache")
    free = small_recipe.with_changes(drop_all=1.0)
    assert len(training_set(tmp_path / "plain", free, ENCODER, tmp_path / "cache")) > 0


def make_plain(folder: Path) -> Path:
    """A dataset with pictures and ids and nothing else."""
    write_parquet(synthetic_covers(90, seed=1, size_px=24), folder / "full")
    (folder / "plain").mkdir()
    for shard in (folder / "full").glob("*.parquet"):
        pq.write_table(pq.read_table(shard).select(["id", "image"]), folder / "plain" / shard.name)
    return folder / "plain"


@pytest.mark.parametrize(("balance", "rare"), [(0.0, 0.1), (1.0, 0.5), (0.5, 0.25)])
def test_balance_lifts_rare_families(balance: float, rare: float) -> None:
    chances = _chances(["metal"] * 100 + ["jazz"] * 900, balance, np.ones(1000, bool))
    assert chances.sum() == pytest.approx(1)
    assert chances[:100].sum() == pytest.approx(rare)


def test_balance_shows_no_cover_until_it_is_learned_by_heart() -> None:
    """Two ambient covers are lifted as those of a family of 64 are: three times as often as one of 576 rock covers."""
    chances = _chances(["ambient"] * 2 + ["rock"] * 576, 0.5, np.ones(578, bool))
    assert chances[0] / chances[-1] == pytest.approx(3.0)


def test_covers_that_lettering_fills_are_never_drawn_nor_counted(tiny_dataset: Path, small_recipe: FlowRecipe,
                                                                tmp_path: Path) -> None:  # fmt: skip
    shown = np.array([True] * 100 + [False] * 900 + [True] * 1000)
    chances = _chances(["metal"] * 1000 + ["rock"] * 1000, 1.0, shown)
    assert chances[:100].sum() == pytest.approx(0.5) and chances[100:1000].sum() == 0
    ids = [origin.id for origin in CoverDataset(tiny_dataset, "train").origins()]
    letters = {id: [(0.0, 0.0, 1.0, 0.6)] for id in ids[:5]}
    covers = training_set(tiny_dataset, small_recipe, ENCODER, tmp_path, letters=letters)
    assert (covers.chances == 0).sum() == 5
    everything = {id: [(0.0, 0.0, 1.0, 0.6)] for id in ids}
    with pytest.raises(BadInput, match="lettering fills every cover"):
        training_set(tiny_dataset, small_recipe, ENCODER, tmp_path, letters=everything)


def test_covers_are_drawn_by_their_chances() -> None:
    table = flat_set(4, 9)
    skewed = replace(table, chances=np.array([0.7, 0.1, 0.2, 0.0]))
    recipe = FlowRecipe("x", _network(8), batch=4000, zoom=0.125)
    blue = BatchStream(skewed, recipe, ENCODER).batch(0).picture[:, 2, 0, 0]
    number = ((blue + 1) * 127.5).round().int()
    shares = [float((number == i).float().mean()) for i in range(4)]
    assert shares == pytest.approx([0.7, 0.1, 0.2, 0.0], abs=0.03)


def _network(resolution_px: int) -> FlowConfig:
    return FlowConfig(resolution_px=resolution_px, widths=(32,), attention=(False,), blocks=1, embedding=16)


def test_zoom_is_labelled_with_how_far() -> None:
    """The width of the window can be read off the red ramp, and the label says the same."""
    recipe = FlowRecipe("x", _network(16), batch=400, zoom=0.49)
    batch = BatchStream(flat_set(3, 24), recipe, ENCODER).batch(0)
    red = (batch.picture[:, 0] + 1) * 127.5
    width = ((red[:, 0, -1] - red[:, 0, 0]).abs() / 8) / (15 / 16)
    zoom = batch.aspects[:, 1]
    assert torch.allclose(width, 24 - 8 * zoom, atol=1.3)
    assert 0.45 < float((zoom == 0).float().mean()) < 0.7, "half are shown whole"
    assert float(zoom.max()) == 1.0
    assert float(((red[:, 0, -1] - red[:, 0, 0]) < 0).float().mean()) == pytest.approx(0.5, abs=0.1), (
        "half are mirrored"
    )


def test_lettering_counts_less_and_is_labelled() -> None:
    table = replace(flat_set(3, 18), boxes=[[(0.0, 0.0, 1.0, 0.5)]] * 3)
    batch = BatchStream(table, FlowRecipe("x", _network(16), batch=64, letter_weight=0.1, zoom=0.125), ENCODER).batch(0)
    whole = batch.aspects[:, 1] == 0
    assert torch.allclose(batch.aspects[whole, 0], torch.tensor(0.5), atol=1e-4)
    assert torch.allclose(batch.weight[whole, 0, 0], torch.tensor(0.1)), "lettered rows"
    assert torch.allclose(batch.weight[whole, 0, -1], torch.tensor(1.0)), "the rest"
    assert torch.allclose(batch.weight.mean((1, 2, 3)), 1 - 0.9 * batch.aspects[:, 0], atol=1e-5)


def test_without_zoom_pictures_are_whole_or_mirrored() -> None:
    recipe = FlowRecipe("x", _network(16), batch=32, zoom=0.0)
    batch = BatchStream(flat_set(1, 16), recipe, ENCODER).batch(0)
    assert not batch.aspects.any()
    assert len(torch.unique(batch.picture, dim=0)) == 2
