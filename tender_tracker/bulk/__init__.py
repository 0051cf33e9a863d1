"""Files of notices → a dataset of labels, without a store: slices, each labelled on its own, by any engine."""
