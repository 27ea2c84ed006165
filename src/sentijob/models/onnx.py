"""Text classifiers in ONNX, run by onnxruntime on rows from a tokenizer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sentijob.errors import ModelError, TextRejectedError
from sentijob.jobs import Label, Sentiment
from sentijob.machine import usable_cores
from sentijob.models.folder import TOKENIZER, WEIGHTS, ModelFolder
from sentijob.models.packing import RUN_TOKENS, pack

_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_INTEGERS: Mapping[str, type[np.integer[Any]]] = {
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
}
_LABELS = tuple(Label)
# What rounding may change in a logit; dynamic int8 quantisation changes ten times as much.
_COMPANY_TOLERANCE = 0.01
_TRIAL_TOKENS = 24
SLOWER_FUSIONS = ("SkipLayerNormFusion", "BiasGeluFusion")
"""Their kernels take longer on a processor than the layers that they stand for; see ``bench/tuning.py``."""
_Logits = NDArray[np.float64]


class OnnxModel:
    """Scores texts with the model in a folder.

    A text of any length is read whole: beyond the model's reach in windows,
    whose logits are averaged by their token counts. A text's sentiment depends
    neither on the texts beside it nor on *threads*, beyond rounding. Threads
    may share one model.

    Raises:
        ModelUnavailableError: a file of the folder can't be used; says which, and why.
    """

    def __init__(self, name: str, folder: ModelFolder, *, threads: int) -> None:
        if missing := folder.missing():
            raise folder.unusable(f"it lacks {' and '.join(missing)}")
        config = folder.config()
        self.name = name
        self.revision = folder.revision()
        self._tokenizer = _RowMaker(folder)
        self._network = _Network(folder, threads=threads, pad_id=config.pad_id)
        self._normalize = config.normalize
        self._temperature = config.temperature
        self._plan = config.window_plan(self._tokenizer.special_count)
        # Adds up the classes that stand for one of our labels.
        self._to_labels = np.array(
            [[label is of_class for label in _LABELS] for of_class in config.labels], dtype=float
        )
        self._run_tokens = self._try_out(folder)

    @property
    def runs_rows_alone(self) -> bool:
        """Whether rows would change each other's logits, so that each has a run to itself."""
        return self._run_tokens == 0

    def predict(self, texts: Sequence[str]) -> list[Sentiment]:
        if not texts:
            return []
        tokens = self._tokenizer.tokens(self._normalize(text) for text in texts)
        spans = [self._plan.spans(len(of_text)) for of_text in tokens]
        owners = np.repeat(np.arange(len(texts)), [len(of_text) for of_text in spans])
        windows = [
            of_text[span.start : span.stop]
            for of_text, text_spans in zip(tokens, spans, strict=True)
            for span in text_spans
        ]
        logits = self._logits([self._tokenizer.row(window) for window in windows])
        means = _weighted_means(logits, [len(window) for window in windows], owners)
        chances = _softmax(means / self._temperature) @ self._to_labels
        return [
            Sentiment.of(*of_text, tokens=len(text_tokens), windows=len(text_spans))
            for of_text, text_tokens, text_spans in zip(
                chances.tolist(), tokens, spans, strict=True
            )
        ]

    def _logits(self, rows: Sequence[Sequence[int]]) -> _Logits:
        """One line of logits for each row, in their order."""
        logits = np.empty((len(rows), len(self._to_labels)))
        runs = list(pack([len(row) for row in rows], run_tokens=self._run_tokens))
        answers = self._network.run_all([[rows[place] for place in run] for run in runs])
        for run, answer in zip(runs, answers, strict=True):
            logits[run] = answer
        return logits

    def _try_out(self, folder: ModelFolder) -> int:
        """How many tokens a run may hold; files that don't belong together fail here, not at work."""
        rows = self._tokenizer.trial_rows()
        try:
            alone, together = self._network.run(rows[:1]), self._network.run(rows)
        except ModelError as exc:
            raise folder.unusable(f"{WEIGHTS} fails on tokens of {TOKENIZER}: {exc}") from exc
        expected = (1, len(self._to_labels))
        if alone.shape != expected:
            raise folder.unusable(
                f"{WEIGHTS} gives logits of shape {alone.shape}, but the labels need {expected}"
            )
        return RUN_TOKENS if np.abs(alone - together[:1]).max() < _COMPANY_TOLERANCE else 0


class _RowMaker:
    """Texts to token ids, and ids to rows that begin and end as the model expects."""

    def __init__(self, folder: ModelFolder) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(folder.tokenizer))
        except Exception as exc:  # tokenizers raises nothing more exact
            raise folder.unusable(f"{TOKENIZER}: {_first_line(exc)}") from exc
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        bare = len(self._tokenizer.encode("a", add_special_tokens=False))
        framed = self._tokenizer.encode("a")
        self.special_count = len(framed) - bare
        lead = framed.special_tokens_mask.index(0)
        self._before = framed.ids[:lead]
        self._after = framed.ids[lead + bare :]

    def tokens(self, texts: Iterable[str]) -> list[list[int]]:
        """The ids of each text's own tokens.

        Raises:
            TextRejectedError: a text has none.
        """
        try:
            encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        except TypeError as exc:
            raise TextRejectedError("the text isn't valid Unicode: it has lone surrogates") from exc
        tokens = [encoding.ids for encoding in encodings]
        if not all(tokens):
            raise TextRejectedError("the text has nothing that the model can read")
        return tokens

    def row(self, tokens: Sequence[int]) -> list[int]:
        """*tokens* between the special ones."""
        return [*self._before, *tokens, *self._after]

    def trial_rows(self) -> list[list[int]]:
        """A short row and a long one, with tokens from all over the vocabulary, its last included."""
        last = self._tokenizer.get_vocab_size() - 1
        spread = [last * place // _TRIAL_TOKENS for place in range(_TRIAL_TOKENS, 0, -1)]
        return [self.row(spread[:2]), self.row(spread)]


class _Network:
    """The weights, as a function from rows of ids to logits."""

    def __init__(self, folder: ModelFolder, *, threads: int, pad_id: int) -> None:
        try:
            self._session = new_session(folder.weights, session_options())
        except Exception as exc:  # onnxruntime's errors share no narrower base
            raise folder.unusable(f"{WEIGHTS}: {_first_line(exc)}") from exc
        self._threads = ThreadPoolExecutor(threads or usable_cores(), "sentijob-model")
        self._pad_id = pad_id
        self._inputs = _read_inputs(folder, self._session)
        self._output = _read_output(folder, self._session)

    def run_all(
        self, runs: Iterable[Sequence[Sequence[int]]]
    ) -> Iterator[NDArray[np.floating[Any]]]:
        """What :meth:`run` gives for each of the *runs*, in their order, shared out to the threads."""
        return self._threads.map(self.run, runs)

    def run(self, rows: Sequence[Sequence[int]]) -> NDArray[np.floating[Any]]:
        """Logits of shape (rows, classes).

        Raises:
            ModelError: the run failed, for want of memory too, or gave something else than numbers.
        """
        arrays = self._arrays(rows)
        feed = {name: arrays[name].astype(kind, copy=False) for name, kind in self._inputs.items()}
        try:
            (logits,) = self._session.run([self._output], feed)
        except Exception as exc:  # onnxruntime's errors share no narrower base
            raise ModelError(f"onnxruntime failed: {_first_line(exc)}") from exc
        if not np.isfinite(logits).all():
            raise ModelError("the model gave something else than numbers (NaN or infinity)")
        return logits  # type: ignore[no-any-return]  # onnxruntime declares no types

    def _arrays(self, rows: Sequence[Sequence[int]]) -> dict[str, NDArray[np.int64]]:
        """Every input that a model may ask for, of shape (rows, longest row)."""
        lengths = np.array([len(row) for row in rows])
        mask = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(mask.shape, self._pad_id)
        ids[mask] = np.concatenate(rows)
        arrays = (ids, mask.astype(np.int64), np.zeros_like(ids))
        return dict(zip(_KNOWN_INPUTS, arrays, strict=True))


def new_session(weights: Path, options: onnxruntime.SessionOptions) -> onnxruntime.InferenceSession:
    """A session whose layers run in the form that is quickest on a processor."""
    return onnxruntime.InferenceSession(
        weights,
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=list(SLOWER_FUSIONS),
    )


def session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # Threads take whole runs: sharing out the inside of one costs more, and spins while it waits.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Its warnings are for whoever exports models; errors come as exceptions.
    options.log_severity_level = 3
    return options


def _read_inputs(
    folder: ModelFolder, session: onnxruntime.InferenceSession
) -> dict[str, type[np.integer[Any]]]:
    """The number type of each input.

    Raises:
        ModelUnavailableError: one isn't known or no integer, or there are no ids among them.
    """
    declared = {each.name: each.type for each in session.get_inputs()}
    for name, kind in declared.items():
        if name not in _KNOWN_INPUTS or kind not in _INTEGERS:
            raise folder.unusable(
                f"{WEIGHTS} has the input {name!r} of {kind}; "
                f"known are {', '.join(_KNOWN_INPUTS)} of {' or '.join(_INTEGERS)}"
            )
    if "input_ids" not in declared:
        raise folder.unusable(f"{WEIGHTS} has no input 'input_ids'")
    return {name: _INTEGERS[kind] for name, kind in declared.items()}


def _read_output(folder: ModelFolder, session: onnxruntime.InferenceSession) -> str:
    """The name of the output with the logits: the only one, or the one called so."""
    names = [each.name for each in session.get_outputs()]
    if "logits" in names:
        return "logits"
    if len(names) == 1:
        return str(names[0])
    raise folder.unusable(
        f"{WEIGHTS} has the outputs {', '.join(names)}, and none is called 'logits'"
    )


def _weighted_means(logits: _Logits, weights: Sequence[int], owners: NDArray[np.intp]) -> _Logits:
    """One line for each owner: the mean of its lines of *logits* by *weights*."""
    weighed = np.array(weights, dtype=float)
    sums = np.zeros((owners[-1] + 1, logits.shape[1]))
    np.add.at(sums, owners, logits * weighed[:, None])
    return sums / np.bincount(owners, weighed)[:, None]


def _softmax(logits: _Logits) -> _Logits:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]  # numpy widens


def _first_line(exc: Exception) -> str:
    """What a foreign library said, without the pages that some add."""
    return (str(exc).splitlines() or [type(exc).__name__])[0]
