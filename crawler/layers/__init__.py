"""Reading pages whose markup is not known for sure: independent signals, one upon the other, in a stated order.

`page` what a page declares; `shell` what is no article; `container`, `pieces`, `figures`, `original`, `post` and
`declared` a WordPress-like post; `arc`, `story` a page of Arc XP. Called by the newspapers' files alone.
"""
