"""Archives made by somebody who means harm, given to every command that reads one.

`warcs.py` and `packages.py` make them, `measured.py` runs commands in processes of their own and sees what they cost
and touch, `asking.py` is how a test asks it. What a crawl may meet on the wire is in `tests/hostile/`.
"""
