"""Regular expressions → the words they cannot match without, and the steps they can take."""
