-- What the operator does with the keys of the installation stands in the log of the operator.
alter table private.console_audit drop constraint console_audit_action_check;
alter table private.console_audit add constraint console_audit_action_check
  check (action in ('insert', 'update', 'delete', 'sql', 'cancel', 'terminate', 'key'));
