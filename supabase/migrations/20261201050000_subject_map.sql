-- The subject map: what each column of each table holds of a person or an org, and what becomes of it when they export
-- or delete their data. Exports and deletions of persons are driven by these rows, so a table that is missing here is
-- in neither; tools/lints/schema.py fails when a column has no row, or a row no column.

create table private.subject_tables (
  relation text primary key,
  of_org text,                             -- a condition that finds the rows of the org $1; null: there are none
  of_person text,                          -- of the person $1, whose addresses in small letters are $2
  exported_to text[] not null check (exported_to <@ array['org', 'person']),
  with_org text not null check (with_org in ('delete', 'keep', 'none')),
  with_person text not null check (with_person in ('delete', 'anonymise', 'keep', 'none')),
  why text not null,                       -- why rows are kept, or what the table is
  check ((of_org is null) = (with_org = 'none') and (of_person is null) = (with_person = 'none'))
);
create table private.subject_columns (
  relation text not null references private.subject_tables (relation) on delete cascade,
  name text not null,
  -- subject: the id of the org or person whose row it is; author: of who did it; reference: of another row;
  -- secret: sealed, hashed, or a token; derived: computed from others; internal: of the system's own work.
  holds text not null check (holds in
    ('subject', 'author', 'reference', 'name', 'address', 'text', 'figure', 'secret', 'derived', 'internal')),
  exported boolean not null generated always as (holds not in ('secret', 'derived', 'internal')) stored,
  anonymised text,                         -- the expression that takes its place when the person is deleted
  primary key (relation, name)
);
alter table private.subject_tables enable row level security;
alter table private.subject_tables force row level security;
alter table private.subject_columns enable row level security;
alter table private.subject_columns force row level security;

-- Maps a table. `columns` has lines as `name: title, text: notes url`. Called again, it replaces what was said before.
create procedure private.map_subject(
  target text, columns text, of_org text default null, of_person text default null,
  exported_to text[] default '{}', with_org text default null, with_person text default null, why text default ''
) language plpgsql set search_path = '' as $$
declare
  part text;
begin
  delete from private.subject_tables t where t.relation = target;
  insert into private.subject_tables values (target, of_org, of_person, exported_to,
    coalesce(with_org, case when of_org is null then 'none' else 'delete' end),
    coalesce(with_person, case when of_person is null then 'none' else 'delete' end), why);
  foreach part in array string_to_array(columns, ',') loop
    insert into private.subject_columns (relation, name, holds)
      select target, n.name, trim(split_part(part, ':', 1))
      from regexp_split_to_table(trim(split_part(part, ':', 2)), '\s+') n (name);
  end loop;
end $$;
-- A table of an org's own data: exported to it and deleted with it. What persons wrote there is the org's.
create procedure private.map_org_table(target text, columns text) language plpgsql set search_path = '' as $$
begin
  call private.map_subject(target, 'subject: org_id, ' || columns, of_org => 'org_id = $1', exported_to => '{org}');
end $$;
-- A table that holds nothing of anybody.
create procedure private.map_shared_table(target text, columns text, why text)
language plpgsql set search_path = '' as $$
begin
  call private.map_subject(target, columns, why => map_shared_table.why);
end $$;
revoke all on procedure private.map_subject(text, text, text, text, text[], text, text, text),
  private.map_org_table(text, text), private.map_shared_table(text, text, text) from public;

do $$
begin
  -- Persons and orgs themselves.
  call private.map_subject('public.orgs', 'subject: id, name: name, figure: created_at updated_at',
    of_org => 'id = $1', exported_to => '{org}');
  call private.map_subject('public.users', 'subject: id, address: email, name: display_name, figure: created_at',
    of_org => 'id in (select m.user_id from public.memberships m where m.org_id = $1)', of_person => 'id = $1',
    exported_to => '{org,person}', with_org => 'keep',
    why => 'a person stays when one of their orgs goes; the users of its API keys go');
  call private.map_subject('public.memberships',
    'subject: org_id user_id, author: invited_by, figure: role status created_at updated_at artist_access money_access last_seen_at',
    of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
  call private.map_subject('public.member_artists', 'subject: org_id user_id, reference: artist_id',
    of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
  call private.map_subject('public.member_groups', 'subject: org_id user_id, reference: group_id',
    of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
  call private.map_subject('public.user_permissions',
    'subject: org_id user_id, figure: provider can_read can_write can_delete',
    of_org => 'org_id = $1', of_person => 'user_id = $1', exported_to => '{org,person}');
  call private.map_subject('private.member_access',
    'subject: user_id, derived: roles is_listed member all_artists all_platforms unrestricted members_read roster_read connections_read metrics_read money_read',
    of_person => 'user_id = $1', why => 'computed from memberships');
  call private.map_subject('public.invitations',
    'subject: org_id, reference: id artist_ids group_ids, address: email, name: display_name, author: invited_by, '
    'figure: role artist_access money_access platforms created_at requested_at mailed_at expires_at, secret: token_hash',
    of_org => 'org_id = $1', of_person => 'email = any ($2)', exported_to => '{org}');
  call private.map_subject('private.org_keys',
    'subject: org_id, reference: id user_id, name: name, author: created_by, secret: hash start, figure: scope created_at last_used_at revoked_at',
    of_org => 'org_id = $1', exported_to => '{org}');
  call private.map_subject('private.idempotency_keys',
    'subject: org_id user_id, figure: route status created_at, secret: key_digest body_digest sealed',
    of_org => 'org_id = $1', of_person => 'user_id = $1');
  call private.map_subject('private.org_quotas', 'subject: org_id, figure: resource allowed',
    of_org => 'org_id = $1', exported_to => '{org}');
  call private.map_subject('private.vault', 'subject: org_id, internal: kind ref key_version updated_at, secret: sealed',
    of_org => 'org_id = $1', why => 'sealed secrets are in no export');

  -- The audit log. Entries stay for the org, with ids that lead to nobody; what was sealed about a person is lost with
  -- their key.
  call private.map_subject('public.audit_log',
    'subject: org_id, reference: id, author: actor_id, figure: action subject_kind subject_id request_id created_at, '
    'text: details, derived: details_digest',
    of_org => 'org_id = $1',
    of_person => 'actor_id = $1 or subject_kind in (''member'', ''sign_in'') and subject_id = $1::text',
    exported_to => '{org,person}', with_person => 'keep',
    why => 'the record of an org stays whole: ids and actions, no names');
  call private.map_subject('private.audit_chain', 'subject: org_id, figure: position, reference: entry_id, derived: hash',
    of_org => 'org_id = $1');
  call private.map_subject('private.audit_keys', 'subject: org_id person_id, secret: sealed, internal: key_version created_at',
    of_org => 'org_id = $1',
    of_person => 'person_id = $1 or person_id in (select private.invitee_id(org_id, a) from unnest($2) a)');
  call private.map_subject('private.audit_details',
    'subject: org_id person_id, reference: entry_id, secret: sealed salt, text: plain',
    of_org => 'org_id = $1',
    of_person => 'person_id = $1 or person_id in (select private.invitee_id(org_id, a) from unnest($2) a)
      or entry_id in (select e.id from public.audit_log e where e.org_id = audit_details.org_id
        and e.subject_kind = ''invitation'' and e.subject_id in (
          select w.subject_id from public.audit_log w where w.org_id = audit_details.org_id
            and w.action = ''invitation.accepted'' and w.actor_id = $1))',
    why => 'an export opens them: audit_details.jsonl');

  -- Sign-in.
  call private.map_subject('auth.users',
    'subject: id, address: email phone email_change phone_change, name: raw_user_meta_data, '
    'secret: encrypted_password confirmation_token recovery_token email_change_token_new phone_change_token email_change_token_current reauthentication_token, '
    'internal: instance_id aud email_change_confirm_status is_super_admin, '
    'figure: role email_confirmed_at invited_at confirmation_sent_at recovery_sent_at email_change_sent_at last_sign_in_at raw_app_meta_data created_at updated_at phone_confirmed_at phone_change_sent_at confirmed_at banned_until reauthentication_sent_at is_sso_user deleted_at is_anonymous',
    of_person => 'id = $1', exported_to => '{person}');
  call private.map_subject('auth.identities',
    'subject: user_id, reference: id provider_id, name: identity_data, address: email, figure: provider last_sign_in_at created_at updated_at',
    of_person => 'user_id = $1', exported_to => '{person}');
  call private.map_subject('auth.sessions',
    'subject: user_id, reference: id factor_id oauth_client_id, address: user_agent ip, '
    'figure: created_at updated_at aal not_after refreshed_at tag scopes, '
    'secret: refresh_token_hmac_key, internal: refresh_token_counter aal2_since_counter',
    of_person => 'user_id = $1', exported_to => '{person}');
  call private.map_subject('auth.refresh_tokens',
    'subject: user_id, reference: id session_id, secret: token parent, internal: instance_id revoked created_at updated_at',
    of_person => 'user_id = $1::text');
  call private.map_subject('auth.mfa_factors',
    'subject: user_id, reference: id, name: friendly_name, address: phone, figure: factor_type status created_at updated_at last_challenged_at, '
    'secret: secret web_authn_credential web_authn_aaguid last_webauthn_challenge_data, internal: last_used_step',
    of_person => 'user_id = $1', exported_to => '{person}');
  call private.map_subject('auth.mfa_challenges',
    'reference: id factor_id, address: ip_address, figure: created_at verified_at, secret: otp_code web_authn_session_data',
    of_person => 'factor_id in (select f.id from auth.mfa_factors f where f.user_id = $1)');
  call private.map_subject('auth.mfa_amr_claims',
    'reference: id session_id, figure: created_at updated_at authentication_method',
    of_person => 'session_id in (select s.id from auth.sessions s where s.user_id = $1)', exported_to => '{person}');
  call private.map_subject('auth.one_time_tokens',
    'subject: user_id, reference: id, address: relates_to, secret: token_hash code_hash, internal: token_type created_at updated_at expires_at wrong_guesses',
    of_person => 'user_id = $1');
  call private.map_subject('auth.flow_state',
    'subject: user_id linking_target_id, reference: id oauth_client_state_id, '
    'secret: auth_code code_challenge provider_access_token provider_refresh_token invite_token, '
    'internal: code_challenge_method provider_type created_at updated_at authentication_method auth_code_issued_at referrer email_optional',
    of_person => 'user_id = $1 or linking_target_id = $1');
  call private.map_subject('auth.audit_log_entries',
    'reference: id, internal: instance_id, text: payload, figure: created_at, address: ip_address',
    of_person => 'payload ->> ''actor_id'' = $1::text or payload #>> ''{traits,user_id}'' = $1::text
      or lower(payload ->> ''actor_username'') = any ($2) or lower(payload #>> ''{traits,user_email}'') = any ($2)',
    exported_to => '{person}');
  call private.map_subject('auth.mail_requests', 'address: address, internal: topic asked_at, secret: unsealed sealed',
    of_person => 'lower(address) = any ($2)');
  call private.map_subject('mail.queue',
    'reference: id, address: recipient, text: title, secret: sealed unsealed_subject unsealed_text unsealed_html, '
    'figure: kind state due_at created_at, internal: attempts last_error',
    of_org => 'id in (select m.mail_id from private.org_mails m where m.org_id = $1)',
    of_person => 'lower(recipient) = any ($2)', exported_to => '{person}');
  call private.map_subject('private.mail_budgets', 'derived: key, internal: tokens at',
    of_org => 'right(key, 40) = ''org '' || $1::text',
    of_person => 'right(key, 43) = ''person '' || $1::text or exists (select from unnest($2) a
      where right(key, 33) = '' '' || left(encode(sha256(convert_to(a, ''UTF8'')), ''hex''), 32))',
    why => 'digests of addresses, counted for a day');
  call private.map_shared_table('auth.attempts', 'derived: key, internal: count at blocked_until',
    'digests of whoever guesses, which lead to nobody; emptied by a crash or a restart of the database''s disk');
  call private.map_shared_table('auth.rate_limits', 'derived: key, internal: tokens at',
    'how often a network address asked');
  call private.map_shared_table('auth.oauth_client_states', 'reference: id, secret: code_verifier, internal: provider_type created_at',
    'a sign-in under way at a provider, of nobody who is known yet');
  call private.map_shared_table('auth.schema_migrations', 'internal: version', 'of the installation');

  -- What an org works with.
  call private.map_org_table('public.artists', 'reference: id, name: name, text: genres country image_url, figure: archived_at created_at updated_at');
  call private.map_org_table('public.artist_aliases', 'reference: artist_id, name: name, figure: created_at');
  call private.map_org_table('public.artist_external_ids', 'reference: artist_id external_id, address: url, figure: provider created_at');
  call private.map_org_table('public.artist_groups', 'reference: id, name: name, figure: created_at updated_at');
  call private.map_org_table('public.artist_group_members', 'reference: group_id artist_id');
  call private.map_org_table('public.artist_tags', 'reference: artist_id tag_id');
  call private.map_org_table('public.tags', 'reference: id, name: name, figure: created_at');
  call private.map_org_table('public.assets',
    'reference: id artist_id external_id recording_id release_id, name: title version credits, address: url, text: details, '
    'figure: provider kind released_on isrc created_at updated_at upc duration_ms matchable');
  call private.map_org_table('public.recordings',
    'reference: id version_of merged_into, name: title version_title, figure: isrc duration_ms released_on created_at updated_at, derived: title_key, author: created_by');
  call private.map_org_table('public.releases',
    'reference: id merged_into, name: title label, figure: upc kind released_on created_at updated_at, derived: title_key, author: created_by');
  call private.map_org_table('public.release_tracks', 'reference: release_id recording_id, figure: disc position');
  call private.map_org_table('public.credits', 'reference: id recording_id release_id artist_id, name: name, figure: role position created_at');
  call private.map_org_table('public.match_candidates',
    'reference: id artist_id asset_id recording_id release_id, figure: score status decided_at created_at updated_at, text: reasons, author: decided_by');
  call private.map_org_table('public.recording_changes',
    'reference: id recording_id other_id asset_id release_id other_release_id, figure: kind created_at undone_at, text: before, author: created_by undone_by');
  call private.map_org_table('public.calendar_entries',
    'reference: id artist_id recording_id release_id, author: created_by owner_id, name: title, address: url, text: notes, '
    'figure: starts_on kind created_at ends_on deadline_on status updated_at');
  call private.map_org_table('public.playlists',
    'reference: id external_id, name: title curator, address: url, figure: provider kind created_at updated_at, author: kind_set_by');
  call private.map_org_table('public.playlist_snapshots',
    'reference: id artist_id asset_id import_id sync_run_id, figure: provider source period from_on to_on created_at');
  call private.map_org_table('public.playlist_entries',
    'reference: id snapshot_id playlist_id artist_id asset_id, figure: provider added_on streams listeners source_row');
  call private.map_org_table('public.series',
    'reference: id artist_id asset_id, figure: provider metric dimension time_zone terms created_at is_money interval_days');
  call private.map_org_table('public.observation_batches',
    'reference: id artist_id sync_run_id import_id, figure: provider known_at, author: entered_by');
  call private.map_org_table('public.observation_months',
    'reference: series_id artist_id asset_id batches source_rows, figure: month days revised provider is_money values states total');
  call private.map_org_table('public.observation_revisions',
    'reference: series_id sync_run_id import_id source_row, figure: observed_on superseded_at value null_reason known_at state, author: entered_by');
  call private.map_org_table('public.org_metrics',
    'reference: slug, name: name, text: description, figure: unit kind aggregation higher_is_better created_at updated_at can_fall, author: created_by');
  call private.map_org_table('public.sources',
    'reference: slug, name: name, address: url, text: how note, figure: time_zone created_at updated_at cadence, author: created_by');
  call private.map_org_table('public.place_names', 'text: text, reference: place_id, author: decided_by, figure: decided_at');
  call private.map_org_table('public.royalty_statements',
    'reference: id import_id, name: title, figure: source created_at, author: entered_by');
  call private.map_org_table('public.royalty_lines',
    'reference: id statement_id artist_id recording_id release_id line_key source_row, name: title, '
    'figure: source isrc upc store country month type quantity amount currency known_at');
  call private.map_org_table('public.exchange_rates',
    'reference: id, figure: from_currency to_currency valid_from rate created_at updated_at, text: note, author: stated_by');
  call private.map_org_table('public.imports',
    'reference: id artist_id, name: file_name, figure: provider source content_sha256 byte_size status parser_version created_at committed_at undone_at, '
    'text: options summary refusal, author: created_by');
  if to_regclass('public.import_files') is not null then
    call private.map_subject('public.import_files', 'subject: org_id, reference: import_id, internal: content',
      of_org => 'org_id = $1', why => 'an export has the bytes in its folder files');
  end if;
  call private.map_org_table('public.accounts',
    'reference: id artist_id external_id, name: display_name, address: url, '
    'figure: provider status scopes token_expires_at consent_expires_at next_sync_at last_sync_at last_success_at created_at updated_at, '
    'text: last_error_class last_error_message, internal: cursor tokens_restored_at, author: connected_by');
  call private.map_org_table('public.sync_runs',
    'reference: id account_id job_id artist_id, figure: kind status started_at finished_at pages calls observations_new observations_restated gaps provider, text: error_class error_message');
  call private.map_subject('public.oauth_states',
    'subject: org_id user_id, reference: id artist_id, secret: code_verifier, address: return_to profile_url, internal: provider expires_at used_at created_at',
    of_org => 'org_id = $1', of_person => 'user_id = $1');
  call private.map_org_table('public.campaigns',
    'reference: id artist_id, name: name, text: notes, figure: goal_metric goal_provider currency starts_on ends_on created_at updated_at, author: created_by');
  call private.map_org_table('public.campaign_budgets', 'reference: campaign_id, figure: amount_minor updated_at');
  call private.map_org_table('public.campaign_costs', 'reference: id campaign_id, figure: spent_on amount_minor created_at, text: note');
  call private.map_org_table('public.campaign_targets', 'reference: campaign_id, figure: value updated_at');
  call private.map_org_table('public.insights',
    'reference: id artist_id series_id asset_id fingerprint, text: title body template withdrawn_reason, '
    'figure: detector severity provider metric happened_on period_from period_to narrator prompt_version confidence status created_at updated_at is_money');
  call private.map_org_table('public.insight_evidence',
    'reference: id insight_id series_id chunk_id, text: label shown computation, figure: slot unit value');
  call private.map_org_table('public.insight_feedback', 'reference: insight_id, author: user_id, figure: rating created_at, text: comment');
  call private.map_org_table('public.documents',
    'reference: id artist_id, name: title, address: source_url, text: body, figure: kind status created_at updated_at, derived: content_sha256, author: created_by');
  call private.map_org_table('public.chunks', 'reference: id document_id, figure: position, text: text, derived: embedding model');
  call private.map_subject('public.channels',
    'subject: org_id, reference: id workflow_id, name: name, address: target, figure: kind enabled created_at updated_at, text: disabled_reason, author: created_by',
    of_org => 'org_id = $1', of_person => 'lower(target ->> ''address'') = any ($2)', exported_to => '{org}',
    with_person => 'anonymise', why => 'the channel is the org''s');
  update private.subject_columns c set anonymised = v.expression
    from (values ('target', '''{}''::jsonb'), ('enabled', 'false'),
                 ('disabled_reason', '''The person with this address has deleted their account.''')) v (name, expression)
    where c.relation = 'public.channels' and c.name = v.name;
  call private.map_org_table('public.n8n_workflows', 'reference: id, name: name, address: path, figure: created_at');
  call private.map_org_table('public.rules',
    'reference: id channel_id, name: name, text: conditions, figure: event_type enabled created_at updated_at, author: created_by run_as');
  call private.map_subject('public.deliveries',
    'subject: org_id, reference: id event_id insight_id rule_id channel_id artist_id, address: recipient, text: subject body payload last_error, '
    'figure: kind provider status next_attempt_at read_at sent_at created_at is_money, internal: attempts',
    of_org => 'org_id = $1', of_person => 'lower(recipient) = any ($2)', exported_to => '{org}',
    with_person => 'anonymise', why => 'the message is the org''s');
  update private.subject_columns set anonymised = '''former member'''
    where relation = 'public.deliveries' and name = 'recipient';
  call private.map_org_table('public.delivery_attempts',
    'reference: id delivery_id, figure: attempt started_at outcome duration_seconds response_status, text: error');
  call private.map_org_table('public.webhook_sources', 'name: source, author: created_by, figure: created_at');
  call private.map_org_table('public.webhook_events',
    'reference: id external_id, name: source, text: payload note, figure: status received_at processed_at');
  call private.map_org_table('public.events',
    'reference: id artist_id, text: payload last_error, figure: type created_at dispatched_at provider is_money, internal: attempts');
  call private.map_org_table('public.jobs',
    'reference: id artist_id, figure: name status run_at created_at started_at finished_at provider, text: args progress last_error, '
    'author: requested_by, internal: dedupe_key dispatched_at attempts max_attempts lease_until, secret: lease_token');
  call private.map_subject('realtime.messages',
    'reference: id, name: topic, text: payload event, internal: extension private updated_at inserted_at binary_payload',
    of_org => 'topic like ''%'' || $1::text || ''%''', of_person => 'topic like ''%'' || $1::text || ''%''',
    why => 'broadcasts under way');

  -- Of the installation, and shared by all.
  call private.map_subject('private.deletions', 'internal: id action relation deleted_at shipped_at, subject: key',
    of_org => 'key ->> ''org_id'' = $1::text', of_person => 'key ->> ''user_id'' = $1::text or key ->> ''id'' = $1::text',
    with_person => 'keep',
    why => 'ids of what was deleted, so that a restore deletes it again');
  call private.map_shared_table('private.console_audit', 'reference: id session, internal: happened_at action target, text: detail',
    'what operators did in the database console; nobody but they write it, and it is append-only');
  call private.map_shared_table('private.backup_state',
    'internal: id since reported_at kind last_backup_at archived_until last_error last_error_at', 'of the installation');
  call private.map_shared_table('private.installation_keys',
    'internal: id kind name created_at last_used_at revoked_at, secret: hash start', 'of the installation');
  call private.map_shared_table('private.worker_heartbeats', 'internal: process_id started_at beat_at', 'of the installation');
  call private.map_shared_table('private.quotas', 'internal: resource allowed passes', 'of the installation');
  call private.map_shared_table('private.request_permissions', 'internal: kind name permission arguments', 'of the installation');
  call private.map_shared_table('private.role_permissions', 'internal: role permission', 'of the installation');
  call private.map_shared_table('private.subject_tables',
    'internal: relation of_org of_person exported_to with_org with_person why', 'this map');
  call private.map_shared_table('private.subject_columns', 'internal: relation name holds exported anonymised', 'this map');
  call private.map_shared_table('arti_migrations.applied', 'internal: version name checksum applied_at', 'of the installation');
  call private.map_shared_table('public.providers', 'internal: slug name time_zone has_connector', 'shared');
  call private.map_shared_table('public.metrics',
    'internal: slug name unit kind aggregation description higher_is_better across_platforms can_fall', 'shared');
  call private.map_shared_table('public.metric_definitions',
    'internal: metric provider version since_on note id revision scope old_meaning new_meaning continued_as announced_on source_url withdrawn known_at learned_from', 'shared');
  call private.map_shared_table('public.metric_definition_revisions',
    'internal: id revision known_at superseded_at metric provider version since_on scope note old_meaning new_meaning continued_as announced_on source_url withdrawn learned_from', 'shared');
  call private.map_shared_table('public.dimensions', 'internal: slug name description kind open', 'shared');
  call private.map_shared_table('public.dimension_values', 'internal: dimension value name position', 'shared');
  call private.map_shared_table('public.dimension_rules',
    'internal: dimension provider metric unit parts cut absent listed', 'shared');
end $$;
