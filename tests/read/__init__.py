"""The reading room: its index, its pages in a browser, its captures, its guard, and the same as files."""
