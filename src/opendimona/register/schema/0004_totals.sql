-- Running totals: what is used of each counter of the law in each quarter (year * 10 + 1 to 4). They follow from the
-- periods alone, and move in the transaction that writes those; `opendimona verify` counts them again.

CREATE TABLE worker_total (
    ssin           bigint NOT NULL,
    counter        text NOT NULL,
    quarter        integer NOT NULL,
    used           bigint NOT NULL,
    CONSTRAINT worker_total_key PRIMARY KEY (ssin, counter, quarter)
);

CREATE TABLE employer_total (
    employer       bigint NOT NULL,
    counter        text NOT NULL,
    quarter        integer NOT NULL,
    used           bigint NOT NULL,
    CONSTRAINT employer_total_key PRIMARY KEY (employer, counter, quarter)
);

CREATE TABLE employer_day (
    employer       bigint NOT NULL,
    counter        text NOT NULL,
    day            date NOT NULL,
    uses           bigint NOT NULL,
    CONSTRAINT employer_day_key PRIMARY KEY (employer, counter, day)
);
COMMENT ON TABLE employer_day IS
    'How many standing periods use a day of an employer: the first and the last move its total.';
