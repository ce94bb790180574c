"""Long runs with a seed and a budget: kill -9, fuzz, soak."""
