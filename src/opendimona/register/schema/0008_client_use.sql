-- When a program was last given a token: whoever manages programs sees which of them nobody uses any more.
ALTER TABLE client ADD COLUMN last_used_at timestamptz;
