"""label-breaking-augmentation: a six that is turned is a nine."""

from dataclasses import replace

import numpy as np
from sklearn.datasets import load_digits

from cases import findings_of, run_rule
from cases.runs import case, healthy_run, with_batches

RULE = "label-breaking-augmentation"
DIGITS = load_digits()
ORDER = np.random.default_rng(0).permutation(len(DIGITS.target))
IMAGES, LABELS = DIGITS.images[ORDER] / 16, DIGITS.target[ORDER].astype(float)


def fed(change=None, share: float = 0.5, shape=(1, 8, 8)):
    """1000 training digits, a share of them changed, and 400 plain validation digits."""
    train = IMAGES[:1000].copy()
    if change is not None:
        rows = np.random.default_rng(1).random(1000) < share
        train[rows] = change(train[rows])
    run = healthy_run()
    return case(
        with_batches(
            run,
            inputs=replace(run.batches.inputs, shape=shape),
            sample=train.reshape(1000, -1),
            sample_targets=LABELS[:1000],
            valid_sample=IMAGES[1000:1400].reshape(400, -1),
            valid_targets=LABELS[1000:1400],
        )
    )


def broken():
    """The case on which the rule must fire."""
    return fed(lambda x: x[:, ::-1, ::-1])


def healthy():
    """The case on which it must stay silent."""
    return fed()


def test_names_the_turn_and_both_classes():
    """Six and nine, by 180 degrees."""
    found = findings_of(RULE, broken())

    assert "turned by 180 degrees" in found[0].message
    assert set(found[0].subject.names[1:]) == {"class 6", "class 9"}


def test_stays_silent_on_shifts_and_noise():
    """Augmentations that leave the class as it is."""
    shifted = fed(lambda x: np.roll(x, 1, axis=2))
    noisy = fed(lambda x: x + np.random.default_rng(2).normal(0, 0.1, x.shape))

    assert findings_of(RULE, shifted) + findings_of(RULE, noisy) == []


def test_needs_images():
    """Rows of a table are not turned."""
    assert run_rule(RULE, fed(shape=(64,)))[0].outcome == "skipped"
