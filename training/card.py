"""The model's card, put together from the results of the stages: no figure in it is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from prepare import MIX

_TEMPLATE = Path(__file__).parent / "card.md"
_LICENCES = {
    "sst_sentences": "Stanford Sentiment Treebank; none stated",
    "sst_phrases": "its phrases; likewise",
    "semeval": "SemEval 2013 to 2016, Twitter; Twitter's terms",
    "goemotions": "GoEmotions (Reddit), emotions folded to three classes; Apache-2.0",
    "product_reviews": "customer reviews (Hu and Liu), as NLTK ships them; CC BY 4.0",
    "pros_cons": "product pros and cons (Liu), as NLTK ships them; CC BY 4.0",
    "movie_reviews_long": "film reviews (Pang and Lee), as NLTK ships them, by windows; CC BY 4.0",
    "templates": "made up for this: negation, contrast, emoji, neutral statements, finance; Apache-2.0",
    "movie_sentences": "sentences of these reviews, labelled by the teacher alone; CC BY 4.0",
    "languages": "sentences of 17 other languages, labelled as unknown; Apache-2.0",
}
_MODELS = {
    "vader": "VADER",
    "before": "mini before",
    "float": "float weights",
    "shipped": "this mini",
}
_FORMS = {
    "static": "the scales of activations were found beforehand, so that rows may share a run",
    "dynamic": "each run finds the scales of its activations, so that each row needs a run of its own",
}


def card(results: Mapping[str, Any], config: Mapping[str, Any], size: int) -> str:
    """The card as Markdown, of the stages' *results* by name; *size* is the weights', in bytes."""
    chosen = results["choose"]
    models = {**results["evaluate"], "shipped": chosen["figures"]}
    languages = chosen["figures"]["probe languages"]
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        version=config["version"],
        megabytes=f"{size / 1e6:.1f}",
        form=f"{chosen['form']} int8: {_FORMS[chosen['form']]}",
        lost=_most(chosen["lost against float"][chosen["form"]]),
        temperature=chosen["temperature"],
        passes=results["fit"]["passes"],
        rate=results["fit"]["rate"],
        start=results["fit"]["start"],
        taught=taught(results["teach"]),
        share=f"{results['export']['share of what was learnt']:g}",
        rest=f"{1 - results['export']['share of what was learnt']:g}",
        blended=results["export"]["blended with"],
        accuracy=accuracy(models),
        calibration=calibration(results["evaluate"][chosen["form"]], chosen["figures"]),
        data=sources({**results["prepare"]["train"], **results["prepare"]["unlabelled"]}),
        language_mean=languages["mean of the likeliest"],
        language_sure=languages["share above 80 %"],
        sarcasm=chosen["figures"]["probe sarcasm"]["two-class"],
    )


def taught(teacher: Mapping[str, Any]) -> str:
    """Whom it learnt from."""
    if not teacher:
        return "from the labels alone"
    return f"from the labels and the probabilities of {teacher['teacher']}, trained on them before"


def accuracy(models: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Two-class, three-class and macro-recall of each model on each set."""
    names = [name for name in models["shipped"] if not name.endswith("languages")]
    rows = [
        [_plain(name), str(models["shipped"][name]["texts"])]
        + [_three(models[model][name]) for model in _MODELS]
        for name in names
    ]
    return table(["set", "texts", *_MODELS.values()], rows)


def calibration(
    before: Mapping[str, Mapping[str, float]], after: Mapping[str, Mapping[str, float]]
) -> str:
    rows = [
        [_plain(name), f"{before[name]['ece']:.1f}", f"{after[name]['ece']:.1f}"]
        for name in after
        if not name.endswith("languages")
    ]
    return table(["set", "at temperature 1", "as shipped"], rows)


def sources(counts: Mapping[str, int]) -> str:
    rows = [
        [_LICENCES[source.name], f"{counts[source.name]:,}", f"{source.share:g}"] for source in MIX
    ]
    return table(["what; licence", "texts", "times a pass"], rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _three(figures: Mapping[str, float]) -> str:
    """A set without neutrals or with nothing else has fewer figures that mean something."""
    kinds = ("two-class", "three-class", "macro-recall")
    return " / ".join(f"{figures[kind]:.1f}".replace("nan", "-") for kind in kinds)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _most(lost: Mapping[str, float]) -> str:
    name = max(lost, key=lost.__getitem__)
    return f"at most {max(0.0, lost[name]):.1f} points ({_plain(name)})"
