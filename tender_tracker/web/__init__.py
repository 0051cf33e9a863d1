"""Live sites → pages, politely and within bounds."""
