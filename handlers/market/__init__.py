"""/price, /book and /symbols."""
