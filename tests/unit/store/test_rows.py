from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sentijob.store.metas import meta_to_column
from sentijob.store.rows import meta_from_column

TEXT = st.text(st.characters(codec="utf-8"))
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda values: st.lists(values) | st.dictionaries(TEXT, values),
    max_leaves=5,
)


@given(st.dictionaries(TEXT, VALUE))
def test_meta_is_stored_as_the_library_writes_it_and_read_back(meta: dict[str, object]) -> None:
    column = meta_to_column(meta)
    compact = json.dumps(meta, ensure_ascii=False, separators=(",", ":"))
    assert column == (compact if meta else None)
    assert meta_from_column(column) == meta
