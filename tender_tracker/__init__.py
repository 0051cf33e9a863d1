"""Track public procurement notices that require domestic compute."""

__version__ = "0.1.0"
