"""What goes out: webhooks and mail, delivered at least once and in order to each endpoint."""
