-- Answers that a program had at once, to its INs, are kept as blocks: one row for all of a client's that were committed
-- together. What a notice says of them stands in the journal; a block says where, and who is to be told.

ALTER TABLE outbox ADD COLUMN client text, ADD COLUMN employers bigint[];
ALTER TABLE outbox ALTER COLUMN employers SET STORAGE EXTERNAL;
COMMENT ON COLUMN outbox.client IS 'All entries of the row are INs of this client, which had the answers at once.';

CREATE TABLE notice_block (
    first          bigint NOT NULL,
    last           bigint CONSTRAINT notice_block_key PRIMARY KEY,
    client         text COLLATE "C" NOT NULL,
    ssins          bigint[] NOT NULL,
    sequences      bigint[] NOT NULL,
    employers      bigint[] NOT NULL,
    at             timestamptz NOT NULL
);
ALTER TABLE notice_block
    ALTER COLUMN ssins SET STORAGE EXTERNAL, ALTER COLUMN sequences SET STORAGE EXTERNAL,
    ALTER COLUMN employers SET STORAGE EXTERNAL;
COMMENT ON TABLE notice_block IS
    'Notices of the positions from first to last, in that order: answers to INs, for the client that filed them alone.';
CREATE INDEX notice_block_by_client ON notice_block (client, last);

-- As before, and the INs that were answered at once stand in rows of their own, one for each client. Where a worker has
-- other entries in the same statement, all of that worker stay together: nobody is told of an OUT before its IN.
CREATE OR REPLACE FUNCTION note_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh WHERE entry <> 'i' OR result = 'S') THEN
        INSERT INTO outbox (client, ssins, sequences, employers)
        SELECT client, array_agg(ssin), array_agg(sequence), array_agg(employer)
          FROM (SELECT CASE WHEN bool_and(entry = 'i' AND result <> 'S') OVER (PARTITION BY ssin) THEN filed_by END
                       AS client, ssin, sequence, employer FROM fresh ORDER BY number) AS w GROUP BY client;
    ELSE
        INSERT INTO outbox (client, ssins, sequences, employers)
        SELECT filed_by, array_agg(ssin), array_agg(sequence), array_agg(employer)
          FROM (SELECT filed_by, ssin, sequence, employer FROM fresh ORDER BY number) AS w GROUP BY filed_by;
    END IF;
    IF EXISTS (SELECT FROM employer WHERE merged_into IS NOT NULL) THEN
        IF EXISTS (SELECT FROM fresh JOIN employer ON employer.id = fresh.employer
                    WHERE fresh.entry IN ('i', 'o', 'u', 'c', 'd', 'r', 'p', 'm')
                      AND (fresh.period IS NOT NULL OR fresh.result = 'S') AND merged_into IS NOT NULL) THEN
            RAISE unique_violation USING MESSAGE = 'an employer was merged meanwhile';
        END IF;
    END IF;
    RETURN NULL;
END $$;
