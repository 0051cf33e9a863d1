"""What notices change: versions, corrections, and the state of a project after all of them."""
