"""Notice text + rules → verdict. Knows nothing of pages, sites or the store."""
