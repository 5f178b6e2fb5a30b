"""`genbun status` against what is known of the press that was crawled."""
