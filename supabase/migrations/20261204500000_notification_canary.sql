-- The row that no member may ever see is one of an artist's story, so that access by artist is tried with it too.
update public.notifications set kind = 'story', insight_id = id, period_from = null, period_until = null
  where org_id = private.canary_org_id();
