-- The canary org: one row in every tenant table, that nobody may ever see or touch. /auth/test-isolation tries to.
-- A tenant table without such a row fails a test and the probe. All ids are the canary's own, nothing of it is owed.

-- The canary is a person too, but one without an account: only later people are held to the accounts.
alter table public.users drop constraint users_id_fkey;
insert into public.users (id, email, display_name) values (private.canary_org_id(), 'canary@canary.invalid', 'canary');
alter table public.users add constraint users_id_fkey foreign key (id) references auth.users (id) on delete cascade
  not valid;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.orgs (id, name) values (canary, 'canary');
  insert into public.memberships (org_id, user_id, role) values (canary, canary, 'admin');
  insert into public.user_permissions (org_id, user_id, provider) values (canary, canary, 'spotify');

  insert into public.jobs (org_id, id, name, status, last_error, finished_at)
    values (canary, canary, 'canary', 'done', 'canary', now());
  insert into public.events (org_id, id, type, payload, dispatched_at)
    values (canary, canary, 'insight.created', '{"canary": "canary"}', now());
  insert into public.audit_log (org_id, id, actor_id, action, subject_kind, subject_id)
    values (canary, canary, canary, 'canary', 'canary', 'canary');
  insert into private.vault (org_id, kind, ref, sealed, key_version) values (canary, 'connection', 'canary', 'canary', 1);

  insert into public.artists (org_id, id, name) values (canary, canary, 'canary');
  insert into public.assets (org_id, id, artist_id, provider, kind, external_id, title)
    values (canary, canary, canary, 'spotify', 'track', 'canary', 'canary');
  insert into public.annotations (org_id, id, artist_id, occurred_on, kind, title)
    values (canary, canary, canary, '2026-01-01', 'note', 'canary');

  insert into public.connected_accounts (org_id, id, artist_id, provider, external_id, display_name, status)
    values (canary, canary, canary, 'spotify', 'canary', 'canary', 'disconnected');
  insert into public.oauth_states (org_id, id, user_id, artist_id, provider, code_verifier, expires_at, used_at)
    values (canary, canary, canary, canary, 'spotify', 'canary', now(), now());
  insert into public.sync_runs (org_id, id, connection_id, kind, status, finished_at)
    values (canary, canary, canary, 'manual', 'succeeded', now());
  insert into public.imports (org_id, id, artist_id, provider, source, file_name, content_sha256, byte_size, status)
    values (canary, canary, canary, 'spotify', 'spotify_for_artists.audience_timeline', 'canary', 'canary', 52,
      'previewed');
  insert into public.import_files (org_id, import_id, content)
    values (canary, canary, convert_to(E'date,listeners,streams,followers\n2026-01-01,1,1,1\n', 'utf8'));

  insert into public.series (org_id, id, artist_id, asset_id, provider, metric)
    values (canary, canary, canary, canary, 'spotify', 'audience.followers');
  insert into public.observations (org_id, series_id, observed_on, provider, value, import_id)
    values (canary, canary, '2026-01-01', 'spotify', 1, canary);
  insert into public.observation_revisions
    (org_id, series_id, observed_on, provider, value, definition, import_id, known_at)
    values (canary, canary, '2026-01-01', 'spotify', 1, 1, canary, now());

  insert into public.campaigns (org_id, id, artist_id, name, goal_metric, goal_provider, currency, starts_on,
      ends_on, notes)
    values (canary, canary, canary, 'canary', 'audience.followers', 'spotify', 'EUR', '2026-01-01',
      '2026-01-02', 'canary');
  insert into public.campaign_costs (org_id, id, campaign_id, spent_on, amount_minor, note)
    values (canary, canary, canary, '2026-01-01', 1, 'canary');
  insert into public.documents (org_id, id, artist_id, title, body, content_sha256, status)
    values (canary, canary, canary, 'canary', 'canary', 'canary', 'indexed');
  insert into public.chunks (org_id, id, document_id, position, text, embedding, model)
    values (canary, canary, canary, 0, 'canary', array_fill(0.05::real, array[384])::extensions.vector, 'canary');
  insert into public.insights (org_id, id, artist_id, detector, fingerprint, severity, provider, metric, series_id,
      happened_on, period_from, period_to, title, body, template, narrator, prompt_version, confidence)
    values (canary, canary, canary, 'spike', 'canary', 'info', 'spotify', 'audience.followers', canary,
      '2026-01-01', '2026-01-01', '2026-01-01', 'canary', 'canary', '{}', 'templates', 'canary', 1);
  insert into public.insight_evidence (org_id, id, insight_id, slot, label, unit, value, shown, computation, series_id)
    values (canary, canary, canary, 'canary', 'canary', 'canary', 1, 'canary',
      jsonb_build_object('op', 'sum', 'series_id', canary, 'from', '2026-01-01', 'to', '2026-01-01'), canary);
  insert into public.insight_feedback (org_id, insight_id, user_id, verdict, comment)
    values (canary, canary, canary, 'useful', 'canary');

  insert into public.channels (org_id, id, kind, name) values (canary, canary, 'n8n', 'canary');
  insert into public.rules (org_id, id, name, channel_id, enabled) values (canary, canary, 'canary', canary, false);
  insert into public.deliveries
    (org_id, id, event_id, rule_id, channel_id, kind, recipient, subject, body, payload, status)
    values (canary, canary, canary, canary, canary, 'email', 'canary', 'canary', 'canary', '{}', 'mailbox');
  insert into public.delivery_attempts (org_id, id, delivery_id, attempt, outcome, error)
    values (canary, canary, canary, 1, 'sent', 'canary');
  insert into public.webhook_sources (org_id, source) values (canary, 'custom');
  insert into public.webhook_events (org_id, id, source, external_id, payload, status)
    values (canary, canary, 'custom', 'canary', '{"canary": "canary"}', 'processed');
end $$;
