"""Use cases, one class a feature; they see storage, cache and exchange through the domain's ports."""
