"""What is left after a kill, a full disk, a clock set back or a power cut, and that the next crawl mends it."""
