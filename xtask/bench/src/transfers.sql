-- The table of every measurement: 8 columns, about 90 MB as text per million rows. psql -v table=transfers -v rows=1000000
create table :table (
  id           bigint primary key,
  from_account text not null,
  to_account   text not null,
  amount       numeric(14, 2) not null,
  currency     char(3) not null,
  booked_at    timestamptz not null,
  flagged      boolean not null,
  note         text
);

insert into :table
select
  n,
  'NO' || lpad((n * 7907 % 32719)::text, 11, '0'),
  'NO' || lpad((n * 104723 % 32719)::text, 11, '0'),
  (n * 48271 % 1048573)::numeric / 100,
  (array['NOK', 'EUR', 'USD', 'GBP'])[1 + n * 13 % 4],
  timestamptz '2021-01-01 00:00:00+00' + n * 37 % 126144000 * interval '1 second',
  n % 127 = 0,
  case when n % 3 > 0 then 'invoice ' || n % 9967 end
from generate_series(1::bigint, :rows) as n;

vacuum analyze :table;
-- What the disk has still to take is no part of what is measured.
checkpoint;
