"""How a collection stands: what it has, what was refused or is gone, how its crawls ended, what needs a hand.

`survey.status_of` reads the last committed state, without a lock; `drift` says how the readers fare; `text` is what
an archivist reads of it. Called by `genbun status`.
"""
