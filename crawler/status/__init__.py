"""How a collection stands: what it has, what is missing or overdue, how its crawls ended, what needs a hand.

`survey.status_of` reads the last committed state, without a lock; `concerns` says what is wrong of it and how grave
that is; `text`, `objects`, `page` and `prometheus` tell it. Called by `genbun status` and `genbun notify`.
"""
