-- Texts are read in the language of their reader, so no job words one anew. One that was still to run ends here: a
-- worker without its handler would try it five times and then give it up as a failure.
update public.jobs
set status = 'done', finished_at = clock.now(), lease_until = null, lease_token = null,
  last_error = 'Not needed any more: each text is read in the language of its reader.'
where name = 'insights.reword' and status in ('queued', 'running');
