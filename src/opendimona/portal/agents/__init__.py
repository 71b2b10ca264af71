"""The desk of ONSS agents: who is meant by a declaration without SSIN."""
