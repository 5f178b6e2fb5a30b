"""The misbehaving press: one thing a server may do wrong, one row in `rows/`, and everything that must hold under it.

`press.py` serves, `plays.py` and `bodies.py` are what it does, `looking.py` reads what a crawl left, and `test_rows.py`
asks it all of every row. `tools/docs_hostile.py` makes the tables of docs/hostile.md from the same rows.
"""
