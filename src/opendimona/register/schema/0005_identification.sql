-- Identification: the register of persons as it is searched, what agents decide, and identities that change later.

ALTER TABLE person
    ADD COLUMN birth_place text,
    ADD COLUMN birth_country integer,
    ADD COLUMN nationality integer,
    ADD COLUMN post_code text,
    ADD COLUMN replaced_by bigint,
    ADD COLUMN formerly bigint[];
COMMENT ON COLUMN person.replaced_by IS 'The SSIN in force of whoever bore this one; never that of a replaced one.';
COMMENT ON COLUMN person.formerly IS 'The SSINs that this one replaced, the other side of replaced_by.';

-- What a name keeps when it is misspelt: the classes of its consonants, each once in a row. One expression of
-- functions of PostgreSQL itself, so that it needs no extension, is written into plans and indexes as it is, and says
-- the same under every collation.
CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(replace(replace(replace(replace(translate(name,
'CcKkQqGgXxĢģĞğĶķDdTtŤťĎďĐđÞþÐðŢţȚțBbPpFfVvWwSsZzßÇçŠšŽžŚśŞşȘșĆćČčĈĉŹźŻżMmNnÑñŃńŇňŅņLlŁłĽľĹĺRrŘřŔŕAaEeIiOoUuYyHhJj'
'ÀÁÂÃÄÅÈÉÊËÌÍÎÏÒÓÔÕÖÙÚÛÜÝàáâãäåèéêëìíîïòóôõöùúûüýÿĀāĂăĄąĒēĔĕĖėĘęĚěĤĥĨĩĪīĬĭĮįİĴĵŌōŎŏŐőŨũŪūŬŭŮůŰűŲųŶŷŸÆæØøŒœĦħı'
' -''’`´.,/()_0123456789',
'kkkkkkkkkkkkkkkkttttttttttttttttttppppffffffsssssssssssssssssssssssssssnnnnnnnnnnnnllllllllrrrrrr'),
    'kk', 'k'), 'tt', 't'), 'pp', 'p'), 'ff', 'f'), 'ss', 's'), 'nn', 'n'), 'll', 'l'), 'rr', 'r') COLLATE "C"
$$;
COMMENT ON FUNCTION name_key IS 'Blocking key of a name. Changing it means building the indexes on it anew.';

-- `opendimona load workers` takes these away and builds them again when it fills an empty register of persons.
CREATE INDEX person_by_birth ON person (birth_date);
CREATE INDEX person_by_family_name ON person (name_key(family_name), birth_date);
CREATE INDEX person_by_given_name ON person (name_key(split_part(translate(given_name, '-', ' '), ' ', 1)), birth_date);
CREATE INDEX person_by_names ON person
    (name_key(family_name), name_key(split_part(translate(given_name, '-', ' '), ' ', 1)), birth_date);

CREATE INDEX pending_by_arrival ON pending (received_at, number);
COMMENT ON INDEX pending_by_arrival IS 'The agents'' queue, the oldest first.';

-- Wider than before, so that no row there is needs to be looked at.
ALTER TABLE journal DROP CONSTRAINT journal_entry_known;
ALTER TABLE journal
    ADD CONSTRAINT journal_entry_known CHECK (entry IN ('i', 'o', 'u', 'c', 'd', 'l', 'p', 'r', 'z', 'x', 'm'))
        NOT VALID;
COMMENT ON COLUMN journal.entry IS
    'i, o, u, c, r: declarations (r: daily registration); d: the decision on a pending one; z: a decision, or what was
    declared on its period, undone; x: a period left for another SSIN of the person, m: it came; l: lock; p: import.';

-- What became known of identities, for whoever has to tell the declarants: one row for each employer concerned.
CREATE TABLE identity_event (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT identity_event_key PRIMARY KEY,
    kind           text NOT NULL CONSTRAINT identity_event_kind_known CHECK (kind IN
                   ('identified', 'refused', 'undone', 'ssin-replaced', 'person-corrected', 'employer-number-changed')),
    employer       bigint,
    number         bigint,
    ssin           bigint,
    former         bigint,
    agent          text NOT NULL,
    reason         text,
    recorded_at    timestamptz NOT NULL
);
COMMENT ON COLUMN identity_event.number IS 'The declaration identified, refused or undone.';
COMMENT ON COLUMN identity_event.former IS 'The SSIN, or the number of the employer, that was in use before.';

-- Numbers that an employer bore before: they still lead to it.
ALTER TABLE employer ADD COLUMN formerly bigint[];
COMMENT ON COLUMN employer.formerly IS 'NSSO numbers that were replaced by the one in force.';
CREATE TABLE employer_former_number (
    former_nsso    bigint CONSTRAINT employer_former_number_once PRIMARY KEY,
    holder         bigint NOT NULL
);
