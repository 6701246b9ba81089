-- The same columns, but whoever reads a row sleeps first.
create view :view as
select id, from_account, to_account, amount, currency, booked_at, flagged, note || pg_sleep(600)::text as note
from :table
where note is not null;
