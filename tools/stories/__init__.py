"""The portal's stories, played in a browser."""
