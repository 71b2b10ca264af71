-- Daily registrations of the hotel and catering sector: who chose Dimona for them, and every version of each.

ALTER TABLE employer ADD COLUMN may_register_daily boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN employer.may_register_daily IS 'Chose Dimona to register the daily presence of its staff.';

-- Wider than before, so that no row there is needs to be looked at.
ALTER TABLE journal DROP CONSTRAINT journal_entry_known;
ALTER TABLE journal
    ADD CONSTRAINT journal_entry_known CHECK (entry IN ('i', 'o', 'u', 'c', 'd', 'l', 'p', 'r')) NOT VALID;
COMMENT ON COLUMN journal.entry IS
    'i, o, u, c, r: declarations (r: daily registration); d: the decision on a pending one; l: lock; p: import.';

-- As in `period`: the current version has recorded_to = infinity; only recorded_to is updated, once.
CREATE TABLE daily_registration (
    ssin           bigint NOT NULL,
    number         bigint NOT NULL,
    version        smallint NOT NULL,
    recorded_from  timestamptz NOT NULL,
    recorded_to    timestamptz NOT NULL DEFAULT 'infinity',
    period         bigint NOT NULL,
    start_date     date NOT NULL,
    start_hour     smallint NOT NULL,
    end_date       date NOT NULL,
    end_hour       smallint,
    is_cancelled   boolean NOT NULL,
    CONSTRAINT daily_registration_version_once PRIMARY KEY (ssin, number, version),
    CONSTRAINT daily_registration_ends_after_start CHECK (end_date >= start_date)
) WITH (fillfactor = 95);
CREATE INDEX daily_registration_by_day ON daily_registration (ssin, start_date) WHERE recorded_to = 'infinity';
COMMENT ON INDEX daily_registration_by_day IS 'The registrations of a worker around those of a new one.';
