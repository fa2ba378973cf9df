-- Two functions that run as their owner must not share a name: the isolation proof lists them by it.
alter function private.refresh_member_access() rename to refresh_changed_member_access;
