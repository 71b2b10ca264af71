"""How fast the register is, beside a bare insert of the same PostgreSQL on the same machine (docs/performance.md)."""
