"""The programs that may declare: what a local manager of ONSS gives and takes away."""
