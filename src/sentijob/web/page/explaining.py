"""Which words carried a job's label: its text is scored again without each of them, by a model of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from sentijob import wiring
from sentijob.jobs import Job
from sentijob.models.explaining import Explanation, explain
from sentijob.settings import Settings

_STRONGEST = 8
_LEAST_SHOWN = 0.0005
"""A weight that is less would be written as nothing."""

# A model takes memory and cores: one at a time, for all visitors.
_turn = asyncio.Semaphore(1)


def can_be_explained(job: Job) -> bool:
    """Whether there is a label, and still the text it was given to."""
    return job.sentiment is not None and job.text is not None


async def explained(
    job: Job, settings: Settings, progress: Callable[[int, int], None]
) -> dict[str, object]:
    """What is drawn of an explanation; *progress* hears how far it is, in another thread.

    Raises:
        ModelError: the model can't be loaded, or failed.
    """
    async with _turn:
        explanation = await asyncio.to_thread(_explain, job, settings, progress)
    return drawn(job, explanation)


def _explain(job: Job, settings: Settings, progress: Callable[[int, int], None]) -> Explanation:
    # The demo model waits to make a queue visible, and here there is none.
    unhurried = settings._replace(demo_delay=timedelta(0))
    with wiring.running_model(job.model, unhurried) as model:
        return explain(model, job.text or "", progress=progress)


def drawn(job: Job, explanation: Explanation) -> dict[str, object]:
    """The text in pieces, each with how strong it is, and the strongest words with their weights."""
    text = job.text or ""
    strongest = [
        word for word in explanation.strongest(_STRONGEST) if abs(word.weight) >= _LEAST_SHOWN
    ]
    greatest = abs(strongest[0].weight) if strongest else 1.0
    pieces: list[dict[str, object]] = []
    end = 0
    for word in explanation.words:
        pieces.append({"text": text[end : word.start], "strength": 0, "towards": ""})
        strength = min(round(4 * abs(word.weight) / greatest), 4)
        pieces.append(
            {
                "text": text[word.start : word.end],
                "strength": strength if abs(word.weight) >= _LEAST_SHOWN else 0,
                "towards": word.towards.value,
            }
        )
        end = word.end
    pieces.append({"text": text[end:], "strength": 0, "towards": ""})
    return {
        "pieces": [piece for piece in pieces if piece["text"]],
        "label": explanation.sentiment.label.value,
        "isByRuns": explanation.is_by_runs,
        "words": [
            {
                "word": word.word,
                "weight": f"{word.weight:+.3f}",
                "towards": word.towards.value,
                "width": 100 * abs(word.weight) / greatest,
            }
            for word in strongest
        ],
        "note": None if explanation.revision == job.model_revision else _changed(job, explanation),
    }


def _changed(job: Job, explanation: Explanation) -> str:
    """What to say of a model that isn't the one any more that scored the job."""
    says = explanation.sentiment
    return (
        f"{job.model} has changed since it scored this text: revision {job.model_revision} did,"
        f" {explanation.revision} explains, and says {says.label} {says.score:.3f}"
    )
