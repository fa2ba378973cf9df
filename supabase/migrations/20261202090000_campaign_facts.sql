-- What the team's questions are answered with about campaigns. Both read as the caller: without the right to see money
-- there are no costs and no budgets.
create function private.campaign_facts(org uuid) returns table (
  id uuid, name text, artist_id uuid, artist_name text, currency text, starts_on date, ends_on date,
  spent_minor bigint, budget_minor bigint
) language sql stable set search_path = '' as $$
  select c.id, c.name, c.artist_id, a.name, c.currency::text, c.starts_on, c.ends_on,
    case when m.sees_money then (select coalesce(sum(k.amount_minor), 0)::bigint from public.campaign_costs k
      where k.org_id = c.org_id and k.campaign_id = c.id) end,
    case when m.sees_money then (select b.amount_minor from public.campaign_budgets b
      where b.org_id = c.org_id and b.campaign_id = c.id) end
  from public.campaigns c
  join public.artists a on a.org_id = c.org_id and a.id = c.artist_id
  cross join (select org = any ((select private.org_ids_with('money:read'))::uuid[]) as sees_money) m
  where c.org_id = org
  order by c.starts_on desc, c.name, c.id limit 500
$$;
revoke execute on function private.campaign_facts(uuid) from public;
grant execute on function private.campaign_facts(uuid) to authenticated;

create function private.campaign_spending(org uuid, campaign_ids uuid[], from_on date, to_on date)
returns table (currency text, spent_minor bigint) language sql stable set search_path = '' as $$
  select c.currency::text, sum(k.amount_minor)::bigint
  from public.campaign_costs k join public.campaigns c on c.org_id = k.org_id and c.id = k.campaign_id
  where k.org_id = org and k.campaign_id = any (campaign_ids) and k.spent_on between from_on and to_on
  group by c.currency order by c.currency
$$;
revoke execute on function private.campaign_spending(uuid, uuid[], date, date) from public;
grant execute on function private.campaign_spending(uuid, uuid[], date, date) to authenticated;
