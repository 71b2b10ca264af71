-- The rows of the journal and of periods as the desk hands them over: all of a batch in one array of each.
-- Their columns stand in the order in which register/rows.py writes them.
CREATE TYPE journal_row AS (
    ssin           bigint,
    sequence       bigint,
    number         bigint,
    entry          "char",
    period         bigint,
    employer       bigint,
    result         "char",
    is_late        boolean,
    deadline       timestamptz,
    received_at    timestamptz,
    recorded_at    timestamptz,
    filed_by       text,
    body           text,
    anomalies      text,
    law            text,
    chain          bytea
);
CREATE TYPE period_row AS (
    ssin           bigint,
    recorded_from  timestamptz,
    recorded_to    timestamptz,
    number         bigint,
    version        smallint,
    employer       bigint,
    start_date     date,
    end_date       date,
    start_hour     smallint,
    end_hour       smallint,
    planned_hours  smallint,
    planned_days   smallint,
    worker_type    text,
    joint_committee text,
    sub_entity     text,
    user_committee text,
    user_enterprise bigint,
    user_name      text,
    is_late        boolean,
    is_locked      boolean,
    is_cancelled   boolean,
    details        text
);
