"""From answers to stages and scores: pure arithmetic over one cycle's answers."""
