-- For which part of an employer (an establishment) a declaration was filed, where whoever filed it says so.
-- A period is that of its IN: what bears a number of a unit belongs to it. Nothing is judged by this: it bounds what a
-- program of one establishment sees and changes of an employer that many share.
ALTER TABLE client ADD COLUMN unit text;
COMMENT ON COLUMN client.unit IS 'It files for this part of its employers, and sees and changes no other.';

CREATE TABLE filed_for (
    number         bigint NOT NULL,
    unit           text NOT NULL,
    CONSTRAINT filed_for_once PRIMARY KEY (number, unit)
);
CREATE INDEX filed_for_unit ON filed_for (unit);

-- Employers whose own application wants to know of everything that programs file for them.
CREATE TABLE followed_employer (
    employer       bigint CONSTRAINT followed_employer_key PRIMARY KEY
);
