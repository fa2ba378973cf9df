-- Texts are told in the reader's language: that of the person, else of the org. Channels speak the org's.
alter table public.orgs add column language text not null default 'en'
  check (language in ('en', 'de', 'es', 'fr', 'pt'));
alter table public.users add column language text check (language in ('en', 'de', 'es', 'fr', 'pt'));
grant update (language) on public.orgs to authenticated;
grant update (language) on public.users to authenticated;
call private.map_subject('public.orgs',
  'subject: id, name: name, figure: created_at updated_at refused_file_days language',
  of_org => 'id = $1', exported_to => '{org}');
call private.map_subject('public.users', 'subject: id, address: email, name: display_name, figure: created_at language',
  of_org => 'id in (select m.user_id from public.memberships m where m.org_id = $1)', of_person => 'id = $1',
  exported_to => '{org,person}', with_org => 'keep',
  why => 'a person stays when one of their orgs goes; the users of its API keys go');

-- An insight and its parts are stored as clauses and what their slots hold, and read in any language. `title` and `body`
-- are the same in the org's language, for those who read the table. Earlier ones stay as they were told, in English.
alter table public.insight_parts add column template jsonb not null default '{}';
call private.map_org_table('public.insight_parts',
  'reference: id insight_id series_id asset_id fingerprint, text: title numbers template, '
  'figure: detector provider metric happened_on period_from period_to');

-- What a model worded freely is told by the templates' sentences, which were stored beside it.
do $$
declare
  told record;
  slot record;
  new_title text;
  new_body text;
begin
  for told in select org_id, id, template from public.insights where narrator <> 'templates' and template ? 'plain' loop
    new_title := told.template #>> '{plain,title}';
    new_body := told.template #>> '{plain,body}';
    for slot in
      select e.slot as name, e.shown from public.insight_evidence e
        where e.org_id = told.org_id and e.insight_id = told.id and e.value is not null
      union all select w.key, w.value from jsonb_each_text(told.template -> 'words') w
    loop
      -- Braces of a name are closed off, so that no slot is found inside one.
      new_title := replace(new_title, '{{' || slot.name || '}}', replace(slot.shown, '{{', '{ {'));
      new_body := replace(new_body, '{{' || slot.name || '}}', replace(slot.shown, '{{', '{ {'));
    end loop;
    update public.insights set title = new_title, body = new_body, narrator = 'templates',
        template = template || (template -> 'plain')
      where org_id = told.org_id and id = told.id;
  end loop;
end $$;
