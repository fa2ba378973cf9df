-- What is known of an artist beside the name: other names, the ids on platforms and in registries, and the org's own tags.
-- Country and genres come from lists, the same as in arti.music.countries and arti.music.genres; a test compares them.

create function private.is_country(code text) returns boolean
language sql immutable parallel safe set search_path = '' as $$ select code = any ('{
  AD, AE, AF, AG, AI, AL, AM, AO, AQ, AR, AS, AT, AU, AW, AX, AZ, BA, BB, BD, BE, BF, BG, BH, BI, BJ, BL, BM, BN, BO,
  BQ, BR, BS, BT, BV, BW, BY, BZ, CA, CC, CD, CF, CG, CH, CI, CK, CL, CM, CN, CO, CR, CU, CV, CW, CX, CY, CZ, DE, DJ,
  DK, DM, DO, DZ, EC, EE, EG, EH, ER, ES, ET, FI, FJ, FK, FM, FO, FR, GA, GB, GD, GE, GF, GG, GH, GI, GL, GM, GN, GP,
  GQ, GR, GS, GT, GU, GW, GY, HK, HM, HN, HR, HT, HU, ID, IE, IL, IM, IN, IO, IQ, IR, IS, IT, JE, JM, JO, JP, KE, KG,
  KH, KI, KM, KN, KP, KR, KW, KY, KZ, LA, LB, LC, LI, LK, LR, LS, LT, LU, LV, LY, MA, MC, MD, ME, MF, MG, MH, MK, ML,
  MM, MN, MO, MP, MQ, MR, MS, MT, MU, MV, MW, MX, MY, MZ, NA, NC, NE, NF, NG, NI, NL, NO, NP, NR, NU, NZ, OM, PA, PE,
  PF, PG, PH, PK, PL, PM, PN, PR, PS, PT, PW, PY, QA, RE, RO, RS, RU, RW, SA, SB, SC, SD, SE, SG, SH, SI, SJ, SK, SL,
  SM, SN, SO, SR, SS, ST, SV, SX, SY, SZ, TC, TD, TF, TG, TH, TJ, TK, TL, TM, TN, TO, TR, TT, TV, TW, TZ, UA, UG, UM,
  US, UY, UZ, VA, VC, VE, VG, VI, VN, VU, WF, WS, YE, YT, ZA, ZM, ZW
}'::text[]) $$;

create function private.are_genres(names text[]) returns boolean
language sql immutable parallel safe set search_path = '' as $$ select names <@ '{
  acoustic, afro house, afrobeats, alternative, alternative rock, amapiano, ambient, americana, anime, arabic,
  art pop, avant-garde, bachata, baile funk, bass, bedroom pop, bhangra, black metal, bluegrass, blues, bollywood,
  bossa nova, brazilian, breakbeat, britpop, c-pop, cantopop, chamber pop, chanson, children''s music, christian,
  classical, comedy, contemporary r&b, corridos, country, cumbia, dance, dancehall, dark wave, death metal,
  deep house, disco, doom metal, downtempo, dream pop, drill, drum and bass, dub, dubstep, easy listening, edm,
  electro, electronic, electropop, emo, experimental, fado, flamenco, folk, folk rock, forró, french pop, funk,
  future bass, garage, garage rock, german pop, glitch, gospel, gothic, grime, grunge, hard rock, hardcore, hardstyle,
  heavy metal, hip hop, house, hyperpop, idm, indie, indie folk, indie pop, indie rock, industrial, instrumental,
  j-pop, j-rock, jazz, jazz fusion, jungle, k-pop, k-r&b, klezmer, latin, latin alternative, latin jazz, latin pop,
  latin trap, lo-fi, lounge, mandopop, mariachi, math rock, melodic techno, merengue, metal, metalcore, minimal, mpb,
  musical, neo soul, neoclassical, new age, new wave, noise, norteño, opera, orchestral, phonk, piano, pop, pop punk,
  pop rock, post-punk, post-rock, progressive house, progressive metal, progressive rock, psychedelic rock, psytrance,
  punk, r&b, ragga, rap, reggae, reggaeton, regional mexican, rock, rock and roll, rockabilly, rumba, salsa, samba,
  schlager, screamo, sertanejo, shoegaze, singer-songwriter, ska, slowcore, soca, soft rock, soul, soundtrack,
  southern rock, spoken word, surf rock, swing, synthpop, synthwave, tango, tech house, techno, thrash metal,
  traditional, trance, trap, trip hop, tropical house, turkish pop, uk garage, urbano, vaporwave, vocal, world, zouk
}'::text[] $$;
revoke all on function private.is_country(text), private.are_genres(text[]) from public;
grant execute on function private.is_country(text), private.are_genres(text[])
  to authenticated, arti_worker, service_role;

-- The org's own labels for artists.
create table public.tags (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 60),
  created_at timestamptz not null default clock.now(),
  primary key (org_id, id)
);
create unique index tags_name on public.tags (org_id, lower(name));
create table public.artist_tags (
  org_id uuid not null,
  artist_id uuid not null,
  tag_id uuid not null,
  primary key (org_id, artist_id, tag_id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, tag_id) references public.tags (org_id, id) on delete cascade
);
create index artist_tags_tag on public.artist_tags (org_id, tag_id);

-- Another name of an artist: a former one, another spelling or script. Matching takes it for the artist's own.
create table public.artist_aliases (
  org_id uuid not null,
  artist_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default clock.now(),
  primary key (org_id, artist_id, name),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create index artist_aliases_name on public.artist_aliases (org_id, lower(name));

-- The artist's id on a platform (spotify, youtube ...) or in a registry (isni, ipi, musicbrainz ...).
create table public.artist_external_ids (
  org_id uuid not null,
  artist_id uuid not null,
  provider text not null check (provider ~ '^[a-z][a-z0-9_.]{1,59}$'),
  external_id text not null check (length(external_id) between 1 and 200),
  url text check (url ~ '^https?://' and length(url) <= 2000),
  created_at timestamptz not null default clock.now(),
  primary key (org_id, artist_id, provider, external_id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create index artist_external_ids_id on public.artist_external_ids (org_id, provider, external_id);

call private.isolate('public.tags', 'roster:read', 'roster:write', worker_verbs => 'select');
call private.isolate('public.artist_tags', 'roster:read', 'roster:write', artist => 'artist_id', worker_verbs => 'select');
call private.isolate('public.artist_aliases', 'roster:read', 'roster:write', artist => 'artist_id',
  worker_verbs => 'select');
call private.isolate('public.artist_external_ids', 'roster:read', 'roster:write', artist => 'artist_id');

-- Genres that are not on the list were the org's own words: they become tags. Countries that are no code are left out.
insert into public.tags (org_id, name)
select distinct on (a.org_id, lower(g)) a.org_id, left(g, 60)
from public.artists a, unnest(a.genres) g
where not private.are_genres(array[lower(btrim(g))]) and btrim(g) <> '';
insert into public.artist_tags (org_id, artist_id, tag_id)
select distinct a.org_id, a.id, t.id
from public.artists a, unnest(a.genres) g
join public.tags t on lower(t.name) = lower(left(g, 60))
where t.org_id = a.org_id and not private.are_genres(array[lower(btrim(g))]);
update public.artists set
  genres = array(select lower(btrim(g)) from unnest(genres) with ordinality as genre (g, place)
                 where private.are_genres(array[lower(btrim(g))]) order by place),
  country = case when private.is_country(upper(country)) then upper(country) when upper(country) = 'UK' then 'GB' end
where not private.are_genres(genres) or not private.is_country(country);
alter table public.artists
  add constraint artists_country_check check (private.is_country(country)),
  add constraint artists_genres_check check (private.are_genres(genres));

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.tags (org_id, id, name) values (canary, canary, 'canary');
  insert into public.artist_tags (org_id, artist_id, tag_id) values (canary, canary, canary);
  insert into public.artist_aliases (org_id, artist_id, name) values (canary, canary, 'canary');
  insert into public.artist_external_ids (org_id, artist_id, provider, external_id)
    values (canary, canary, 'spotify', 'canary');
end $$;
