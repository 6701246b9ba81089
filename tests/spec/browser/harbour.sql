-- What an investigator's own case database could look like: three tables that belong together by foreign keys, one that is
-- large, and a view that takes a very long time.
CREATE ROLE careful LOGIN PASSWORD 'one of forty keys';
CREATE DATABASE harbour;
\connect harbour

CREATE TABLE person (
    person_id integer PRIMARY KEY,
    name text NOT NULL,
    born date,
    town text
);
CREATE TABLE company (
    company_id integer PRIMARY KEY,
    name text NOT NULL,
    founded date
);
CREATE TABLE ownership (
    ownership_id integer PRIMARY KEY,
    person_id integer NOT NULL REFERENCES person,
    company_id integer NOT NULL REFERENCES company,
    share numeric(5, 2),
    since date
);
INSERT INTO person VALUES
    (1, 'Ada Kvalheim', '1961-04-17', 'Lillesand'),
    (2, 'Bjørn Østby', '1974-11-02', 'Ålesund'),
    (3, 'Юлия Морозова', '1980-01-30', 'Tromsø');
INSERT INTO company VALUES (10, 'Kvalheim Sjømat AS', '2004-05-01'), (11, 'Østby Rederi AS', '1999-09-09');
INSERT INTO ownership VALUES
    (100, 1, 10, 60.00, '2004-05-01'),
    (101, 2, 10, 40.00, '2010-01-01'),
    (102, 2, 11, 100.00, '1999-09-09');

CREATE VIEW crawl AS SELECT step AS crawl_id, pg_sleep(0.05)::text AS nap FROM generate_series(1, 100000) AS step;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO careful;
