"""Every word a user reads, in Chinese and in English, a module for what it is about; messages.py joins them."""
