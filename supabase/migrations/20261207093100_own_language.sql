-- What an endpoint asks first tells it too in which language, and with which form of numbers, its caller reads: the
-- sentences of its answer are written so. Null: the person chose none.
drop function private.own_membership(uuid);
create function private.own_membership(org uuid) returns table (
  role public.member_role, artist_access text, money_access boolean, language text, number_form text
) language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  person constant uuid := claims.uid();
begin
  return query select m.role, m.artist_access, m.money_access, u.language, u.number_form
    from public.memberships m join public.users u on u.id = m.user_id
    where m.org_id = org and m.user_id = person and m.status = 'active';
end $$;
revoke all on function private.own_membership(uuid) from public;
grant execute on function private.own_membership(uuid) to authenticated;
