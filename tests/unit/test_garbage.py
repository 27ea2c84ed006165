from __future__ import annotations

import gc

from sentijob.garbage import collected_rarely


def test_the_collector_looks_as_often_as_before_once_the_work_is_done() -> None:
    before = gc.get_threshold()
    with collected_rarely():
        assert gc.get_threshold()[0] > before[0]
        assert gc.isenabled()
    assert gc.get_threshold() == before
