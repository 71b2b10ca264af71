"""What all pages share: settings, addresses, the way to the register, the sandbox's day, the look."""
