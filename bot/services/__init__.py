"""Use cases, a folder a feature; they see storage, cache and exchange through the domain's ports."""
