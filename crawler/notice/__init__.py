"""Notice of what concerns whoever looks after a collection: to a webhook or by mail, and only of what has changed.

`telling.tell` compares a collection's concerns (`crawler.status`) with what was told before (`memory`), words what is
new or over (`message`) and hands it to `webhook` or `mail`. Called by `genbun notify`.
"""
