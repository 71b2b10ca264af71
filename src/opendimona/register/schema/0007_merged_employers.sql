-- Two employers of the repertory that turn out to be one: the file of the one follows the other.

ALTER TABLE journal DROP CONSTRAINT journal_entry_known;
ALTER TABLE journal
    ADD CONSTRAINT journal_entry_known CHECK (entry IN ('i', 'o', 'u', 'c', 'd', 'l', 'p', 'r', 'z', 'x', 'm', 'e'))
        NOT VALID;
COMMENT ON COLUMN journal.entry IS
    'i, o, u, c, r: declarations (r: daily registration); d: the decision on a pending one; z: a decision, or what was
    declared on its period, undone; x: a period left for another SSIN of the person, m: it came; e: a period went over
    to the employer that its own was merged into; l: lock; p: import.';

ALTER TABLE employer ADD COLUMN merged_into bigint;
COMMENT ON COLUMN employer.merged_into IS
    'The employer that this one, known twice, became one with. It bears no number any more; rows of the past name it.';
ALTER TABLE employer DROP CONSTRAINT employer_has_a_number;
ALTER TABLE employer
    ADD CONSTRAINT employer_has_a_number CHECK (num_nonnulls(nsso, provisional, enterprise, merged_into) > 0) NOT VALID;
CREATE INDEX employer_by_holder ON employer (merged_into) WHERE merged_into IS NOT NULL;
COMMENT ON INDEX employer_by_holder IS 'What else an employer was known as, for its file as it was.';

-- A batch that read its employers before a merger must not write for one that is no more: it collides, and is decided
-- again. While nobody was ever merged this looks at an index without a row, once for each batch.
CREATE OR REPLACE FUNCTION note_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (ssins, sequences)
    SELECT array_agg(ssin ORDER BY number), array_agg(sequence ORDER BY number) FROM fresh HAVING count(*) > 0;
    IF EXISTS (SELECT FROM employer WHERE merged_into IS NOT NULL) THEN
        IF EXISTS (SELECT FROM fresh JOIN employer ON employer.id = fresh.employer
                    WHERE fresh.entry IN ('i', 'o', 'u', 'c', 'd', 'r', 'p', 'm')
                      AND (fresh.period IS NOT NULL OR fresh.result = 'S') AND merged_into IS NOT NULL) THEN
            RAISE unique_violation USING MESSAGE = 'an employer was merged meanwhile';
        END IF;
    END IF;
    RETURN NULL;
END $$;
