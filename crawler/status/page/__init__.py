"""One self-contained page of how a collection stands: no script, nothing from elsewhere, for a browser of any width.

`page.page_of` makes it of a `Status`; `heatmap` and `bars` draw, `tables` says the same in words and numbers, `markup`
and `style` are what they are made of. Called by `genbun status --html`.
"""
