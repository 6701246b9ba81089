-- One sum per column, weighted with the key, so that a value in another row is noticed. The client computes the same.
select
  count(*),
  sum(id),
  sum(id::numeric * substr(from_account, 3)::bigint),
  sum(id::numeric * substr(to_account, 3)::bigint),
  sum(id * amount * 100)::numeric(38, 0),
  sum(id::numeric * ascii(currency)),
  sum(id::numeric * extract(epoch from booked_at)::bigint),
  coalesce(sum(id) filter (where flagged), 0),
  coalesce(sum(id::numeric * (1 + substr(note, 9)::bigint)), 0)
from :table;
