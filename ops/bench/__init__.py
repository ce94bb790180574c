"""Speed beside named baselines, measured in one run."""
