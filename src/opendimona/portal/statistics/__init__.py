"""Statistics: how much was declared, how it was answered, how late; nothing that gives anybody away."""
