"""Several workers, one crawl, a real Redis: nothing lost, nothing twice, one pace, and one collection in the end."""
