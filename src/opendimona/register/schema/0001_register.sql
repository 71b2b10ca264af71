-- The register: reference data, the journal of everything that happened, the versions of every period.
-- Tables that grow carry the worker in their keys; look-ups by number or by a program's key are indexes or tables.

CREATE SEQUENCE number_block MINVALUE 0 START 0;
COMMENT ON SEQUENCE number_block IS 'Blocks of ten thousand declaration numbers; each process takes one at a time.';

CREATE TABLE employer (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT employer_key PRIMARY KEY,
    nsso           bigint CONSTRAINT employer_nsso_once UNIQUE,
    provisional    bigint CONSTRAINT employer_provisional_once UNIQUE,
    enterprise     bigint CONSTRAINT employer_enterprise_once UNIQUE,
    name           text,
    active_from    date,
    active_to      date,
    kind           text NOT NULL DEFAULT 'private'
                   CONSTRAINT employer_kind_known CHECK (kind IN ('private', 'local', 'public')),
    sub_entities   text[] NOT NULL DEFAULT '{}',
    is_secured_only boolean NOT NULL DEFAULT false,
    is_migrated    boolean NOT NULL DEFAULT true,
    is_assumed     boolean NOT NULL DEFAULT false,
    CONSTRAINT employer_has_a_number CHECK (num_nonnulls(nsso, provisional, enterprise) > 0)
);
COMMENT ON COLUMN employer.is_assumed IS 'Made up by the lenient sandbox for a well-formed but unknown number.';

CREATE TABLE repertory_version (
    number         bigint NOT NULL,
    is_only_row    boolean NOT NULL DEFAULT true
                   CONSTRAINT repertory_version_has_one_row PRIMARY KEY
                   CONSTRAINT repertory_version_row_is_the_only_one CHECK (is_only_row)
);
INSERT INTO repertory_version (number) VALUES (0);
COMMENT ON TABLE repertory_version IS 'Raised by every transaction that changes an employer that exists.';

CREATE TABLE person (
    ssin           bigint CONSTRAINT person_key PRIMARY KEY,
    family_name    text,
    given_name     text,
    birth_date     date,
    gender         text,
    is_flexi_eligible boolean NOT NULL DEFAULT true,
    is_pensioner   boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE person IS 'The register of persons: whose SSIN a number is.';

-- The journal: one row for each thing that happened to a worker's file, never updated, never deleted.
-- (ssin, sequence) is the file's version: of two writers that decided on the same one, one decides again.
-- Rows about nobody known (no SSIN, or a malformed one) stand under worker 0, with their number as sequence.
CREATE TABLE journal (
    ssin           bigint NOT NULL,
    sequence       bigint NOT NULL,
    number         bigint NOT NULL,
    entry          "char" NOT NULL
                   CONSTRAINT journal_entry_known CHECK (entry IN ('i', 'o', 'u', 'c', 'd', 'l', 'p')),
    period         bigint,
    employer       bigint,
    result         "char" NOT NULL CONSTRAINT journal_result_known CHECK (result IN ('A', 'W', 'B', 'S')),
    is_late        boolean NOT NULL DEFAULT false,
    deadline       timestamptz,
    received_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    filed_by       text NOT NULL,
    body           text NOT NULL,
    anomalies      text,
    law            text NOT NULL,
    chain          bytea NOT NULL,
    CONSTRAINT journal_one_writer_per_version PRIMARY KEY (ssin, sequence)
);
COMMENT ON COLUMN journal.entry IS
    'i, o, u, c: the four declarations; d: the decision on a pending one; l: a lock; p: an imported period.';
COMMENT ON COLUMN journal.number IS
    'Declaration number; a decision bears that of the declaration it settles, a lock that of its period.';
COMMENT ON COLUMN journal.chain IS 'SHA-256 of the chain of the worker''s previous entry and of this entry''s content.';
CREATE INDEX journal_by_number ON journal (number);
CREATE INDEX journal_without_period ON journal (employer, number) WHERE period IS NULL;
COMMENT ON INDEX journal_without_period IS
    'What an employer was refused, or waits for. The rest is found by its workers, which saves an index.';

-- Every version of every period. The current one has recorded_to = infinity; only recorded_to is updated, once.
CREATE TABLE period (
    ssin           bigint NOT NULL,
    number         bigint NOT NULL,
    version        smallint NOT NULL,
    recorded_from  timestamptz NOT NULL,
    recorded_to    timestamptz NOT NULL DEFAULT 'infinity',
    employer       bigint NOT NULL,
    start_date     date NOT NULL,
    end_date       date,
    start_hour     smallint,
    end_hour       smallint,
    planned_hours  smallint,
    planned_days   smallint,
    worker_type    text NOT NULL,
    joint_committee text,
    sub_entity     text,
    user_committee text,
    user_enterprise bigint,
    user_name      text,
    is_late        boolean NOT NULL,
    is_locked      boolean NOT NULL,
    is_cancelled   boolean NOT NULL,
    details        text,
    CONSTRAINT period_version_once PRIMARY KEY (ssin, number, version),
    CONSTRAINT period_ends_after_start CHECK (end_date >= start_date)
) WITH (fillfactor = 95);
CREATE INDEX period_by_employer ON period (employer, ssin) WHERE version = 0;
COMMENT ON INDEX period_by_employer IS 'Whose files an employer stands in: the first version of each of its periods.';

-- Sending twice: the key a program gave, and the declaration it first came with.
CREATE TABLE idempotency_key (
    client         text NOT NULL,
    key            text NOT NULL,
    digest         bytea NOT NULL,
    number         bigint NOT NULL,
    CONSTRAINT idempotency_key_once PRIMARY KEY (client, key)
);

-- Pending declarations that wait for an identification; the row goes when it is settled (the journal keeps both).
CREATE TABLE pending (
    number         bigint CONSTRAINT pending_key PRIMARY KEY,
    employer       bigint NOT NULL,
    received_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL
);
