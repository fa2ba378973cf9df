-- How many answers of a provider could not be used since the run's last page. Attempts that ARTi itself lost are not among
-- them: they ended a sync after fewer than three broken answers.
alter table public.sync_runs add column broken_answers integer not null default 0;
insert into private.subject_columns (relation, name, holds) values ('public.sync_runs', 'broken_answers', 'figure');
