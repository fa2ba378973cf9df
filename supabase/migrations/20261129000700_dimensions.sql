-- By what a number may be split: the catalogue of dimensions, their values, and what the parts are to the whole. The same
-- rows as arti.dimensions (a test holds them equal). Places that a person has named, and today's series in the new form.

create table public.dimensions (
  slug text primary key,
  name text not null,
  description text not null,
  kind text not null check (kind in ('list', 'country', 'place', 'period', 'text')),  -- what a value is
  open boolean not null default false      -- a value that is not in the list is a text of its own
);
create table public.dimension_values (
  dimension text not null references public.dimensions (slug),
  value text not null,
  name text not null,
  position smallint not null,
  primary key (dimension, value)
);
-- An empty provider, metric or unit stands for all; the narrowest rule holds.
create table public.dimension_rules (
  dimension text not null references public.dimensions (slug),
  provider text not null default '',
  metric text not null default '',
  unit text not null default '',
  parts text not null check (parts in ('partition', 'shares', 'overlap', 'separate')),
  cut boolean not null,                    -- a part that is missing is unknown, not 0
  absent text not null,                    -- the same in words
  listed smallint,                         -- how many parts the source lists at most
  primary key (dimension, provider, metric, unit)
);
do $$
declare
  target text;
begin
  foreach target in array array['dimensions', 'dimension_values', 'dimension_rules'] loop
    execute format('alter table public.%I enable row level security', target);
    execute format('alter table public.%I force row level security', target);
    execute format('create policy read on public.%I for select to authenticated, arti_worker using (%s is not null)',
      target, case target when 'dimensions' then 'slug' else 'dimension' end);
    execute format('grant select on public.%I to authenticated, arti_worker, service_role', target);
    execute format('revoke insert, update, delete on public.%I from service_role', target);
  end loop;
end $$;

insert into public.dimensions (slug, name, description, kind, open) values
  ('age', 'Age', 'How old the people are, in the platform''s groups.', 'list', false),
  ('audience', 'Audience segment', 'How well the people know the artist: new, returning, and Spotify''s segments.', 'list', false),
  ('city', 'City', 'Where the people are: a place, or the text of a place that is not known.', 'place', false),
  ('content_type', 'Content type', 'What was watched: videos, shorts, live streams, posts, reels, stories.', 'list', false),
  ('country', 'Country', 'ISO 3166-1 alpha-2; XK is Kosovo, ZZ unknown to the platform.', 'country', false),
  ('device', 'Device', 'What it was played on.', 'list', false),
  ('gender', 'Gender', 'As people told the platform.', 'list', false),
  ('operating_system', 'Operating system', 'As the platform names it.', 'text', false),
  ('period', 'Period', 'A total of several days, stored on the last of them: 28day, lifetime.', 'period', false),
  ('playback_location', 'Playback location', 'On which page or player; as the platform names it.', 'text', false),
  ('product', 'YouTube product', 'YouTube, YouTube Music, YouTube Kids; as YouTube names it.', 'text', false),
  ('sharing_service', 'Sharing service', 'Where it was shared to; as the platform names it.', 'text', false),
  ('song', 'Song', 'The title of a song on a playlist, as an export names it.', 'text', false),
  ('store', 'Store', 'Where it was sold or streamed.', 'list', true),
  ('subscription', 'Subscription', 'Whether the people subscribe or follow, or pay for the platform.', 'list', false),
  ('subscription_source', 'Source of subscribers', 'Where they subscribed; as YouTube names it.', 'text', false),
  ('traffic_source', 'Traffic source', 'How people came to it.', 'list', false);

insert into public.dimension_values (dimension, value, name, position) values
  ('age', '0-17', 'Under 18', 1),
  ('age', '13-17', '13–17', 2),
  ('age', '18-22', '18–22', 3),
  ('age', '18-24', '18–24', 4),
  ('age', '23-27', '23–27', 5),
  ('age', '25-34', '25–34', 6),
  ('age', '28-34', '28–34', 7),
  ('age', '35-44', '35–44', 8),
  ('age', '45-54', '45–54', 9),
  ('age', '45-59', '45–59', 10),
  ('age', '55-64', '55–64', 11),
  ('age', '60+', '60 and older', 12),
  ('age', '65+', '65 and older', 13),
  ('age', 'unknown', 'Unknown to the platform', 14),
  ('audience', 'new', 'New', 1),
  ('audience', 'returning', 'Returning', 2),
  ('audience', 'casual', 'Casual', 3),
  ('audience', 'regular', 'Regular', 4),
  ('audience', 'super', 'Super listeners', 5),
  ('audience', 'moderate', 'Moderate listeners', 6),
  ('audience', 'light', 'Light listeners', 7),
  ('audience', 'previously_active', 'Previously active', 8),
  ('audience', 'programmed', 'Programmed', 9),
  ('content_type', 'video', 'Videos', 1),
  ('content_type', 'short', 'Shorts', 2),
  ('content_type', 'live', 'Live streams', 3),
  ('content_type', 'post', 'Posts', 4),
  ('content_type', 'reel', 'Reels', 5),
  ('content_type', 'story', 'Stories', 6),
  ('content_type', 'carousel', 'Carousels', 7),
  ('content_type', 'ad', 'Ads', 8),
  ('content_type', 'unknown', 'Unknown to the platform', 9),
  ('device', 'mobile', 'Mobile phone', 1),
  ('device', 'desktop', 'Computer', 2),
  ('device', 'tablet', 'Tablet', 3),
  ('device', 'tv', 'TV', 4),
  ('device', 'console', 'Game console', 5),
  ('device', 'car', 'Car', 6),
  ('device', 'speaker', 'Speaker', 7),
  ('device', 'wearable', 'Wearable', 8),
  ('device', 'unknown', 'Unknown to the platform', 9),
  ('gender', 'female', 'Female', 1),
  ('gender', 'male', 'Male', 2),
  ('gender', 'other', 'Another, or their own word', 3),
  ('gender', 'unknown', 'Unknown to the platform', 4),
  ('store', 'spotify', 'Spotify', 1),
  ('store', 'apple_music', 'Apple Music', 2),
  ('store', 'itunes', 'iTunes', 3),
  ('store', 'youtube', 'YouTube', 4),
  ('store', 'youtube_music', 'YouTube Music', 5),
  ('store', 'youtube_content_id', 'YouTube Content ID', 6),
  ('store', 'amazon_music', 'Amazon Music', 7),
  ('store', 'deezer', 'Deezer', 8),
  ('store', 'tidal', 'Tidal', 9),
  ('store', 'soundcloud', 'SoundCloud', 10),
  ('store', 'bandcamp', 'Bandcamp', 11),
  ('store', 'beatport', 'Beatport', 12),
  ('store', 'tiktok', 'TikTok', 13),
  ('store', 'facebook', 'Facebook and Instagram', 14),
  ('store', 'pandora', 'Pandora', 15),
  ('store', 'napster', 'Napster', 16),
  ('store', 'qobuz', 'Qobuz', 17),
  ('store', 'anghami', 'Anghami', 18),
  ('store', 'boomplay', 'Boomplay', 19),
  ('store', 'jiosaavn', 'JioSaavn', 20),
  ('store', 'netease', 'NetEase', 21),
  ('store', 'qq_music', 'QQ Music', 22),
  ('store', 'yandex_music', 'Yandex Music', 23),
  ('subscription', 'subscribed', 'Subscribed or following', 1),
  ('subscription', 'not_subscribed', 'Not subscribed', 2),
  ('subscription', 'premium', 'Paying', 3),
  ('subscription', 'ad_supported', 'Free, with ads', 4),
  ('subscription', 'unknown', 'Unknown to the platform', 5),
  ('traffic_source', 'search', 'Search', 1),
  ('traffic_source', 'browse', 'Browse and home', 2),
  ('traffic_source', 'suggested', 'Suggested videos', 3),
  ('traffic_source', 'shorts_feed', 'Shorts feed', 4),
  ('traffic_source', 'related_shorts', 'Related Shorts', 5),
  ('traffic_source', 'external', 'Other websites and apps', 6),
  ('traffic_source', 'direct', 'Direct or unknown', 7),
  ('traffic_source', 'channel', 'Channel or profile pages', 8),
  ('traffic_source', 'subscriber', 'Subscriptions feed', 9),
  ('traffic_source', 'playlist', 'Playlists', 10),
  ('traffic_source', 'playlist_page', 'Playlist pages', 11),
  ('traffic_source', 'notification', 'Notifications', 12),
  ('traffic_source', 'end_screen', 'End screens', 13),
  ('traffic_source', 'card', 'Cards and annotations', 14),
  ('traffic_source', 'ad', 'Advertising', 15),
  ('traffic_source', 'campaign_card', 'Campaign cards', 16),
  ('traffic_source', 'hashtag', 'Hashtag pages', 17),
  ('traffic_source', 'sound', 'Sound pages', 18),
  ('traffic_source', 'remix', 'Remixed videos', 19),
  ('traffic_source', 'live_redirect', 'Live redirects', 20),
  ('traffic_source', 'live_feed', 'Vertical live feed', 21),
  ('traffic_source', 'product', 'Product pages', 22),
  ('traffic_source', 'claimed', 'Claimed content', 23),
  ('traffic_source', 'other_page', 'Other pages of the platform', 24),
  ('traffic_source', 'library', 'Listeners'' own library', 25),
  ('traffic_source', 'listener_playlist', 'Listeners'' playlists', 26),
  ('traffic_source', 'editorial', 'Editorial playlists', 27),
  ('traffic_source', 'algorithmic', 'Algorithmic playlists', 28),
  ('traffic_source', 'radio', 'Radio and autoplay', 29),
  ('traffic_source', 'other', 'Other', 30);

insert into public.dimension_rules (dimension, provider, metric, unit, parts, cut, absent, listed) values
  ('age', '', '', '', 'partition', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('audience', '', '', '', 'overlap', true, 'Segments are not added up. One that is missing is unknown, not 0.', null),
  ('city', '', '', '', 'partition', true, 'Only the largest cities are listed. One that is missing is unknown, not 0.', null),
  ('city', 'spotify', '', '', 'partition', true, 'Spotify lists the 50 largest cities. One that is missing is unknown, not 0.', 50),
  ('city', 'instagram', '', '', 'partition', true, 'Instagram lists the 45 largest cities. One that is missing is unknown, not 0.', 45),
  ('content_type', '', '', '', 'partition', false, 'A part that is missing had none.', null),
  ('content_type', '', '', 'people', 'overlap', false, 'One person can be in several parts. A part that is missing had nobody.', null),
  ('country', '', '', '', 'partition', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('country', 'instagram', '', '', 'partition', true, 'Instagram lists the 45 largest countries. One that is missing is unknown, not 0.', 45),
  ('device', '', '', '', 'partition', false, 'A part that is missing had none.', null),
  ('device', '', '', 'people', 'overlap', false, 'One person can be in several parts. A part that is missing had nobody.', null),
  ('gender', '', '', '', 'partition', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('operating_system', '', '', '', 'partition', true, 'The source lists the largest parts only. A part that is missing is unknown, not 0.', null),
  ('operating_system', '', '', 'people', 'overlap', true, 'The source lists the largest parts only. A part that is missing is unknown, not 0.', null),
  ('playback_location', '', '', '', 'partition', true, 'The source lists the largest parts only. A part that is missing is unknown, not 0.', null),
  ('playback_location', '', '', 'people', 'overlap', true, 'The source lists the largest parts only. A part that is missing is unknown, not 0.', null),
  ('product', '', '', '', 'partition', false, 'A part that is missing had none.', null),
  ('product', '', '', 'people', 'overlap', false, 'One person can be in several parts. A part that is missing had nobody.', null),
  ('sharing_service', '', '', '', 'partition', true, 'The source lists the largest parts only. A part that is missing is unknown, not 0.', null),
  ('store', '', '', '', 'partition', true, 'A store that is missing did not report. How many is unknown, not 0.', null),
  ('store', '', '', 'people', 'overlap', true, 'One person can use several stores; one that is missing is unknown.', null),
  ('subscription', '', '', '', 'partition', false, 'A part that is missing had none.', null),
  ('subscription_source', '', '', '', 'partition', true, 'The source lists the largest parts only. A part that is missing is unknown, not 0.', null),
  ('traffic_source', '', '', '', 'partition', false, 'A part that is missing had none.', null),
  ('traffic_source', '', '', 'people', 'overlap', false, 'One person can be in several parts. A part that is missing had nobody.', null),
  ('age', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('age', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('age', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('city', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('city', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('city', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('content_type', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('content_type', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('content_type', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('country', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('country', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('country', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('device', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('device', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('device', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('gender', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('gender', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('gender', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('subscription', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('subscription', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('subscription', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('traffic_source', '', 'consumption.views_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('traffic_source', '', 'consumption.watch_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null),
  ('traffic_source', '', 'audience.viewer_share', '', 'shares', true, 'A part that is missing has too few people to be shown. How many is unknown, not 0.', null);

insert into public.metrics (slug, name, unit, kind, aggregation, description, higher_is_better) values
  ('audience.viewer_share', 'Share of viewers', 'percent', 'ratio', 'none', 'Part of the signed-in viewers.', true);

-- A name that only this org knows a place by, as a person decided. The place is a number of GeoNames.
create table public.place_names (
  org_id uuid not null references public.orgs (id) on delete cascade,
  text text not null check (length(text) between 1 and 200),
  place_id integer not null check (place_id > 0),
  decided_by uuid,
  decided_at timestamptz not null default clock.now(),
  primary key (org_id, text)
);
call private.isolate('public.place_names', 'metrics:read', 'imports:write', worker_verbs => 'select');
insert into public.place_names (org_id, text, place_id) values (private.canary_org_id(), 'canary', 2867714);

-- Today's series, written as `name=value` in the order that names came, become the canonical form: names sorted, values
-- of the catalogue, `,`, `=` and `%` inside a value escaped. A city stays a text for now; a job finds the places.
create temporary table words (dimension text, word text, value text) on commit drop;
insert into words (dimension, word, value) values
  ('audience', 'new', 'new'), ('audience', 'returning', 'returning'), ('audience', 'casual', 'casual'),
  ('audience', 'regular', 'regular'), ('audience', 'super', 'super'), ('audience', 'moderate', 'moderate'),
  ('audience', 'light', 'light'), ('audience', 'previouslyactive', 'previously_active'), ('audience', 'programmed', 'programmed'),
  ('audience', 'superlisteners', 'super'), ('audience', 'moderatelisteners', 'moderate'), ('audience', 'lightlisteners', 'light'),
  ('audience', 'newviewers', 'new'), ('audience', 'newlisteners', 'new'), ('audience', 'returningviewers', 'returning'),
  ('audience', 'returninglisteners', 'returning'), ('audience', 'casualviewers', 'casual'), ('audience', 'regularviewers', 'regular'),
  ('audience', 'previouslyactivelisteners', 'previously_active'), ('audience', 'programmedlisteners', 'programmed'), ('content_type', 'video', 'video'),
  ('content_type', 'short', 'short'), ('content_type', 'live', 'live'), ('content_type', 'post', 'post'),
  ('content_type', 'reel', 'reel'), ('content_type', 'story', 'story'), ('content_type', 'carousel', 'carousel'),
  ('content_type', 'ad', 'ad'), ('content_type', 'unknown', 'unknown'), ('content_type', 'videos', 'video'),
  ('content_type', 'shorts', 'short'), ('content_type', 'livestreams', 'live'), ('content_type', 'posts', 'post'),
  ('content_type', 'reels', 'reel'), ('content_type', 'stories', 'story'), ('content_type', 'carousels', 'carousel'),
  ('content_type', 'ads', 'ad'), ('content_type', 'unknowntotheplatform', 'unknown'), ('content_type', 'videoondemand', 'video'),
  ('content_type', 'livestream', 'live'), ('content_type', 'feed', 'post'), ('content_type', 'image', 'post'),
  ('content_type', 'carouselcontainer', 'carousel'), ('content_type', 'carouselalbum', 'carousel'), ('content_type', 'unspecified', 'unknown'),
  ('device', 'mobile', 'mobile'), ('device', 'desktop', 'desktop'), ('device', 'tablet', 'tablet'),
  ('device', 'tv', 'tv'), ('device', 'console', 'console'), ('device', 'car', 'car'),
  ('device', 'speaker', 'speaker'), ('device', 'wearable', 'wearable'), ('device', 'unknown', 'unknown'),
  ('device', 'mobilephone', 'mobile'), ('device', 'computer', 'desktop'), ('device', 'gameconsole', 'console'),
  ('device', 'unknowntotheplatform', 'unknown'), ('device', 'phone', 'mobile'), ('device', 'web', 'desktop'),
  ('device', 'television', 'tv'), ('device', 'unknownplatform', 'unknown'), ('gender', 'female', 'female'),
  ('gender', 'male', 'male'), ('gender', 'other', 'other'), ('gender', 'unknown', 'unknown'),
  ('gender', 'anotherortheirownword', 'other'), ('gender', 'unknowntotheplatform', 'unknown'), ('gender', 'f', 'female'),
  ('gender', 'women', 'female'), ('gender', 'woman', 'female'), ('gender', 'm', 'male'),
  ('gender', 'men', 'male'), ('gender', 'man', 'male'), ('gender', 'userspecified', 'other'),
  ('gender', 'genderother', 'other'), ('gender', 'nonbinary', 'other'), ('gender', 'u', 'unknown'),
  ('gender', 'notspecified', 'unknown'), ('gender', 'undefined', 'unknown'), ('subscription', 'subscribed', 'subscribed'),
  ('subscription', 'notsubscribed', 'not_subscribed'), ('subscription', 'premium', 'premium'), ('subscription', 'adsupported', 'ad_supported'),
  ('subscription', 'unknown', 'unknown'), ('subscription', 'subscribedorfollowing', 'subscribed'), ('subscription', 'paying', 'premium'),
  ('subscription', 'freewithads', 'ad_supported'), ('subscription', 'unknowntotheplatform', 'unknown'), ('subscription', 'follower', 'subscribed'),
  ('subscription', 'unsubscribed', 'not_subscribed'), ('subscription', 'nonfollower', 'not_subscribed'), ('subscription', 'notfollowing', 'not_subscribed'),
  ('subscription', 'paid', 'premium'), ('subscription', 'free', 'ad_supported'), ('traffic_source', 'search', 'search'),
  ('traffic_source', 'browse', 'browse'), ('traffic_source', 'suggested', 'suggested'), ('traffic_source', 'shortsfeed', 'shorts_feed'),
  ('traffic_source', 'relatedshorts', 'related_shorts'), ('traffic_source', 'external', 'external'), ('traffic_source', 'direct', 'direct'),
  ('traffic_source', 'channel', 'channel'), ('traffic_source', 'subscriber', 'subscriber'), ('traffic_source', 'playlist', 'playlist'),
  ('traffic_source', 'playlistpage', 'playlist_page'), ('traffic_source', 'notification', 'notification'), ('traffic_source', 'endscreen', 'end_screen'),
  ('traffic_source', 'card', 'card'), ('traffic_source', 'ad', 'ad'), ('traffic_source', 'campaigncard', 'campaign_card'),
  ('traffic_source', 'hashtag', 'hashtag'), ('traffic_source', 'sound', 'sound'), ('traffic_source', 'remix', 'remix'),
  ('traffic_source', 'liveredirect', 'live_redirect'), ('traffic_source', 'livefeed', 'live_feed'), ('traffic_source', 'product', 'product'),
  ('traffic_source', 'claimed', 'claimed'), ('traffic_source', 'otherpage', 'other_page'), ('traffic_source', 'library', 'library'),
  ('traffic_source', 'listenerplaylist', 'listener_playlist'), ('traffic_source', 'editorial', 'editorial'), ('traffic_source', 'algorithmic', 'algorithmic'),
  ('traffic_source', 'radio', 'radio'), ('traffic_source', 'other', 'other'), ('traffic_source', 'browseandhome', 'browse'),
  ('traffic_source', 'suggestedvideos', 'suggested'), ('traffic_source', 'otherwebsitesandapps', 'external'), ('traffic_source', 'directorunknown', 'direct'),
  ('traffic_source', 'channelorprofilepages', 'channel'), ('traffic_source', 'subscriptionsfeed', 'subscriber'), ('traffic_source', 'playlists', 'playlist'),
  ('traffic_source', 'playlistpages', 'playlist_page'), ('traffic_source', 'notifications', 'notification'), ('traffic_source', 'endscreens', 'end_screen'),
  ('traffic_source', 'cardsandannotations', 'card'), ('traffic_source', 'advertising', 'ad'), ('traffic_source', 'campaigncards', 'campaign_card'),
  ('traffic_source', 'hashtagpages', 'hashtag'), ('traffic_source', 'soundpages', 'sound'), ('traffic_source', 'remixedvideos', 'remix'),
  ('traffic_source', 'liveredirects', 'live_redirect'), ('traffic_source', 'verticallivefeed', 'live_feed'), ('traffic_source', 'productpages', 'product'),
  ('traffic_source', 'claimedcontent', 'claimed'), ('traffic_source', 'otherpagesoftheplatform', 'other_page'), ('traffic_source', 'listenersownlibrary', 'library'),
  ('traffic_source', 'listenersplaylists', 'listener_playlist'), ('traffic_source', 'editorialplaylists', 'editorial'), ('traffic_source', 'algorithmicplaylists', 'algorithmic'),
  ('traffic_source', 'radioandautoplay', 'radio'), ('traffic_source', 'ytsearch', 'search'), ('traffic_source', 'youtubesearch', 'search'),
  ('traffic_source', 'browsefeatures', 'browse'), ('traffic_source', 'home', 'browse'), ('traffic_source', 'relatedvideo', 'suggested'),
  ('traffic_source', 'shorts', 'shorts_feed'), ('traffic_source', 'shortscontentlinks', 'related_shorts'), ('traffic_source', 'exturl', 'external'),
  ('traffic_source', 'nolinkother', 'direct'), ('traffic_source', 'nolinkembedded', 'direct'), ('traffic_source', 'ytchannel', 'channel'),
  ('traffic_source', 'channelpages', 'channel'), ('traffic_source', 'artistprofileandcatalog', 'channel'), ('traffic_source', 'artistprofile', 'channel'),
  ('traffic_source', 'ytplaylistpage', 'playlist_page'), ('traffic_source', 'bellnotifications', 'notification'), ('traffic_source', 'annotation', 'card'),
  ('traffic_source', 'videocardsandannotations', 'card'), ('traffic_source', 'youtubeadvertising', 'ad'), ('traffic_source', 'hashtags', 'hashtag'),
  ('traffic_source', 'soundpage', 'sound'), ('traffic_source', 'videoremixes', 'remix'), ('traffic_source', 'remixedvideo', 'remix'),
  ('traffic_source', 'immersivelive', 'live_feed'), ('traffic_source', 'productpage', 'product'), ('traffic_source', 'ytclaimedcontent', 'claimed'),
  ('traffic_source', 'contentclaimed', 'claimed'), ('traffic_source', 'ytotherpage', 'other_page'), ('traffic_source', 'otheryoutubefeatures', 'other_page'),
  ('traffic_source', 'listenersownplaylistsandlibrary', 'library'), ('traffic_source', 'yourownplaylistsandlibrary', 'library'), ('traffic_source', 'ownlibrary', 'library'),
  ('traffic_source', 'otherlistenersplaylists', 'listener_playlist'), ('traffic_source', 'spotifyeditorialplaylists', 'editorial'), ('traffic_source', 'spotifyalgorithmicplaylists', 'algorithmic'),
  ('traffic_source', 'personalizedplaylists', 'algorithmic'), ('traffic_source', 'autoplay', 'radio'), ('age', '1317years', '13-17'),
  ('age', '1824years', '18-24'), ('age', '2534years', '25-34'), ('age', '3544years', '35-44'),
  ('age', '4554years', '45-54'), ('age', '5564years', '55-64'), ('age', '65years', '65+');

create function pg_temp.canonical(legacy text) returns text language sql as $$
  with split as (
    select (regexp_match(legacy, '^(?:period=([^,=]+),)?([a-z_]+)=(.*)$')) as p where legacy !~ '^period=[^,]*$'
  ), named as (
    select p[1] as period, p[3] as value,
      case p[2] when 'subscription_status' then 'subscription' when 'youtube_product' then 'product' else p[2] end as name
    from split
  ), parts as (
    select 'period' as name, period as value from named where period is not null
    union all
    select n.name, case when n.name = 'city' then '~' || left(replace(n.value, '|', ' '), 196) else coalesce(
      (select w.value from words w where w.dimension = n.name
         and w.word = regexp_replace(lower(n.value), '[^[:alnum:]]', '', 'g')), n.value) end
    from named n
  )
  select coalesce(string_agg(name || '=' ||
    replace(replace(replace(value, '%', '%25'), ',', '%2C'), '=', '%3D'), ',' order by name collate "C"), legacy)
  from parts
$$;
with renamed as (
  select s.org_id, s.id, pg_temp.canonical(s.dimension) as dimension,
    row_number() over (partition by s.org_id, s.artist_id, s.provider, s.metric, s.asset_id, s.terms,
      pg_temp.canonical(s.dimension) order by s.id) as rank
  from public.series s where s.dimension <> ''
)
update public.series s set dimension = r.dimension
  from renamed r
  where s.org_id = r.org_id and s.id = r.id and r.rank = 1 and s.dimension <> r.dimension
    and not exists (select from public.series t
      where t.org_id = s.org_id and t.artist_id = s.artist_id and t.provider = s.provider and t.metric = s.metric
        and t.asset_id is not distinct from s.asset_id and t.terms = s.terms and t.dimension = r.dimension);
insert into public.jobs (org_id, name, dedupe_key)
  select distinct s.org_id, 'metrics.resolve_places', 'metrics.resolve_places'
  from public.series s where s.dimension ~ '(^|,)city=~';

-- What is written from here on has a name and, where there is a list, a value of the catalogue. Places, countries and
-- periods are judged by arti.dimensions, whoever writes through ARTi.
create function private.check_dimension() returns trigger
language plpgsql set search_path = '' as $$
declare
  part text;
  before text := '';
begin
  if new.dimension = '' then
    return null;
  end if;
  foreach part in array string_to_array(new.dimension, ',') loop
    if split_part(part, '=', 1) collate "C" <= before collate "C" or part !~ '^[a-z_]+=[^=]+$' or not exists (
      select from public.dimensions d
      where d.slug = split_part(part, '=', 1) and (d.kind <> 'list' or d.open or exists (
        select from public.dimension_values v
        where v.dimension = d.slug and v.value = split_part(part, '=', 2)))) then
      raise exception 'there is no dimension "%"', part using errcode = '23514';
    end if;
    before := split_part(part, '=', 1);
  end loop;
  return null;
end $$;
revoke all on function private.check_dimension() from public;
create trigger check_dimension after insert or update of dimension on public.series for each row
  execute function private.check_dimension();
