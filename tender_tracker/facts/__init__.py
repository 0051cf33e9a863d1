"""What a notice prints besides its fields: who buys, how much computing power, what was delivered, at what price."""
