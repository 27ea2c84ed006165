from __future__ import annotations

from datetime import timedelta

import pytest

from sentijob.cli.conduct import Conduct
from sentijob.errors import ModelUnavailableError, SettingsError, UsageError


def test_conduct_becomes_a_config() -> None:
    conduct = Conduct(drain=True, model=["demo", "vader"], lease="30s", poll="500ms")
    config = conduct.config(conduct.settings("jobs.db"))
    assert (config.drain, config.models) == (True, ("demo", "vader"))
    assert (config.lease, config.poll) == (timedelta(seconds=30), timedelta(seconds=0.5))


def test_no_model_means_every_model() -> None:
    conduct = Conduct()
    assert conduct.config(conduct.settings("jobs.db")).models is None


def test_an_unknown_model_is_refused() -> None:
    conduct = Conduct(model=["maxi"])
    with pytest.raises(ModelUnavailableError):
        conduct.config(conduct.settings("jobs.db"))


def test_a_poll_of_nothing_is_refused() -> None:
    conduct = Conduct(poll="0")
    with pytest.raises(UsageError, match="--poll"):
        conduct.config(conduct.settings("jobs.db"))


def test_a_lease_that_is_none_names_its_flag() -> None:
    with pytest.raises(SettingsError, match="--lease"):
        Conduct(lease="soon").settings("jobs.db")


def test_what_a_model_may_take_is_settled_by_flags() -> None:
    settings = Conduct(call_timeout="90s", model_memory="1.5G").settings("jobs.db")
    assert settings.call_timeout == timedelta(seconds=90)
    assert settings.model_memory == 1536 * 2**20


def test_memory_in_which_no_model_could_start_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"--model-memory.*at least 64M"):
        Conduct(model_memory="1M").settings("jobs.db")


def test_the_same_flags_reach_another_process() -> None:
    conduct = Conduct(
        drain=True,
        model=["demo"],
        lease="30s",
        threads="2",
        poll="1s",
        processes=3,
        call_timeout="1m",
        model_memory="2G",
        reuse=False,
    )
    assert conduct.arguments() == [
        *("--poll", "1s"),
        "--drain",
        *("--model", "demo"),
        *("--lease", "30s"),
        *("--threads", "2"),
        *("--processes", "3"),
        *("--call-timeout", "1m"),
        *("--model-memory", "2G"),
        "--no-reuse",
    ]
