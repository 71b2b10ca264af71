-- Batches that programs handed in to be filed one after the other: kept before they are answered with 202.
CREATE TABLE filing_task (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT filing_task_key PRIMARY KEY,
    client         text NOT NULL,
    key            text,
    digest         bytea NOT NULL,
    channel        text NOT NULL,
    is_strict      boolean NOT NULL,
    received_at    timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    total          integer NOT NULL,
    finished_at    timestamptz,
    leased_until   timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON COLUMN filing_task.received_at IS 'The moment that is judged, whenever a declaration is filed.';
COMMENT ON COLUMN filing_task.leased_until IS 'Until when a process has it to itself.';
CREATE UNIQUE INDEX filing_task_key_once ON filing_task (client, key) WHERE key IS NOT NULL;
CREATE INDEX filing_task_unfinished ON filing_task (id) WHERE finished_at IS NULL;
CREATE INDEX filing_task_by_end ON filing_task (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE filing_task_item (
    task           bigint NOT NULL CONSTRAINT filing_task_item_of_task REFERENCES filing_task ON DELETE CASCADE,
    position       integer NOT NULL,
    body           bytea,
    number         bigint,
    problem        text,
    CONSTRAINT filing_task_item_once PRIMARY KEY (task, position),
    CONSTRAINT filing_task_item_waits_or_is_answered CHECK (num_nonnulls(body, number, problem) = 1)
);
COMMENT ON COLUMN filing_task_item.body IS 'What is to be filed; gone once it was: the journal keeps a declaration.';
CREATE INDEX filing_task_item_waiting ON filing_task_item (task, position) WHERE body IS NOT NULL;
