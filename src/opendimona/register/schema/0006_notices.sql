-- Notices: what is told of everything that happened, to whom, and how far each recipient has got.

-- What was committed and not told yet: one row for each statement that wrote to the journal, and for each notice that
-- stands in no journal. The deliverer turns the rows into notices, in order, and takes them away.
CREATE TABLE outbox (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_key PRIMARY KEY,
    noted_at       timestamptz NOT NULL DEFAULT now(),
    ssins          bigint[],
    sequences      bigint[],
    told           jsonb
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE outbox ALTER COLUMN ssins SET STORAGE EXTERNAL, ALTER COLUMN sequences SET STORAGE EXTERNAL;
COMMENT ON COLUMN outbox.told IS
    'An array of {kind, client, employer, number, data}: notices of what is in no journal.';

-- In the transaction of the journal whoever writes to it: no notice can be forgotten, by any part of the program.
CREATE FUNCTION note_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (ssins, sequences)
    SELECT array_agg(ssin ORDER BY number), array_agg(sequence ORDER BY number) FROM fresh HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_is_told AFTER INSERT ON journal REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION note_entries();

-- The position of the last notice; only who holds this row adds notices, so that positions are seen in order.
CREATE TABLE notice_head (
    is_only_row    boolean NOT NULL DEFAULT true
                   CONSTRAINT notice_head_has_one_row PRIMARY KEY
                   CONSTRAINT notice_head_row_is_the_only_one CHECK (is_only_row),
    position       bigint NOT NULL
);
INSERT INTO notice_head (position) VALUES (0);

-- One row for each event. Its recipients: the client that filed, another client whose period it changed, the employer.
CREATE TABLE notice (
    position       bigint CONSTRAINT notice_key PRIMARY KEY,
    kind           "char" NOT NULL,
    client         text COLLATE "C",
    other_client   text COLLATE "C",
    employer       bigint,
    is_for_employer boolean NOT NULL,
    number         bigint,
    ssin           bigint,
    sequence       bigint,
    data           jsonb,
    at             timestamptz NOT NULL
);
COMMENT ON COLUMN notice.kind IS 'See register/notices/kinds.py.';
COMMENT ON COLUMN notice.is_for_employer IS
    'Not so for an answer that somebody had at once while nobody follows the employer: half the cost of a notice.';
CREATE INDEX notice_by_client ON notice (client, position);
CREATE INDEX notice_by_other_client ON notice (other_client, position) WHERE other_client IS NOT NULL;
CREATE INDEX notice_by_employer ON notice (employer, position) WHERE is_for_employer;
CREATE INDEX notice_for_agents ON notice (position) WHERE kind = 'e';

-- What a program has acknowledged: everything up to a position, and single notices beyond it.
CREATE TABLE inbox (
    client         text COLLATE "C" CONSTRAINT inbox_key PRIMARY KEY,
    position       bigint NOT NULL
);
CREATE TABLE acknowledgement (
    client         text COLLATE "C" NOT NULL,
    position       bigint NOT NULL,
    CONSTRAINT acknowledgement_once PRIMARY KEY (client, position)
);

-- Where notices are sent: a webhook or a mail address, of a client, for what it files or for one employer.
-- `position`: everything up to it was delivered, or lies among the dead letters.
CREATE TABLE endpoint (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT endpoint_key PRIMARY KEY,
    channel        text NOT NULL CONSTRAINT endpoint_channel_known CHECK (channel IN ('webhook', 'mail')),
    client         text COLLATE "C" NOT NULL,
    employer       bigint,
    is_for_agents  boolean NOT NULL DEFAULT false,
    target         text NOT NULL,
    secret         bytea,
    kinds          text[],
    language       text NOT NULL CONSTRAINT endpoint_language_known CHECK (language IN ('fr', 'nl', 'de', 'en')),
    pause          integer,
    created_at     timestamptz NOT NULL DEFAULT now(),
    position       bigint NOT NULL,
    delivered      bigint NOT NULL DEFAULT 0,
    delivered_at   timestamptz,
    attempts       integer NOT NULL DEFAULT 0,
    failures       integer NOT NULL DEFAULT 0,
    failing_since  timestamptz,
    next_at        timestamptz NOT NULL DEFAULT now(),
    problem        text,
    is_suspended   boolean NOT NULL DEFAULT false,
    test_wanted_at timestamptz,
    tested_at      timestamptz,
    test_problem   text
) WITH (fillfactor = 50);
CREATE INDEX endpoint_by_client ON endpoint (client, id);
COMMENT ON COLUMN endpoint.pause IS
    'Mail: seconds between two, each with all that came meanwhile; 0: as soon as can be.';

CREATE TABLE dead_letter (
    endpoint       bigint NOT NULL,
    position       bigint NOT NULL,
    died_at        timestamptz NOT NULL DEFAULT now(),
    attempts       integer NOT NULL,
    problem        text NOT NULL,
    is_wanted      boolean NOT NULL DEFAULT false,
    CONSTRAINT dead_letter_once PRIMARY KEY (endpoint, position)
);
CREATE INDEX dead_letter_by_position ON dead_letter (position);
CREATE INDEX dead_letter_to_replay ON dead_letter (endpoint, position) WHERE is_wanted;

-- Which pending declarations were spoken of again.
CREATE TABLE pending_reminder (
    number         bigint CONSTRAINT pending_reminder_key PRIMARY KEY,
    reminded_at    timestamptz NOT NULL DEFAULT now(),
    escalated_at   timestamptz
);
CREATE INDEX pending_by_age ON pending (recorded_at);
