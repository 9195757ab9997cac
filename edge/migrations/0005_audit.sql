-- What happened, append-only. Each chain (a workspace, or 'installation') counts its own entries, and
-- every entry holds the hash of the one before it (edge/audit/chain.ts).
create table audit_events (
  chain text not null,
  sequence integer not null check (sequence > 0),
  at integer not null,
  actor_id text,
  action text not null,
  target_kind text,
  target_id text,
  outcome text not null check (outcome in ('success', 'error', 'denied')),
  address text,
  request_id text,
  detail text,
  previous_hash text not null,
  hash text not null,
  primary key (chain, sequence)
) strict, without rowid;

create index audit_events_by_time on audit_events (chain, at);
create index audit_events_recent on audit_events (at, action, outcome);
create index audit_events_by_action on audit_events (action, at);
create index audit_events_by_actor on audit_events (actor_id, at);

-- Where a chain begins after its oldest entries were removed: number and hash of the last removed one.
create table audit_anchors (
  chain text primary key,
  sequence integer not null,
  hash text not null,
  at integer not null
) strict;

create trigger audit_events_are_not_changed before update on audit_events
begin
  select raise(abort, 'audit entries are not changed');
end;

-- Only what an anchor stands for may go, so nothing vanishes from the middle of a chain.
create trigger audit_events_go_behind_an_anchor before delete on audit_events
when old.sequence > coalesce((select sequence from audit_anchors where chain = old.chain), 0)
begin
  select raise(abort, 'audit entries are not removed');
end;

create trigger audit_events_follow_each_other before insert on audit_events
when new.sequence <> 1 + max(
  coalesce((select max(sequence) from audit_events where chain = new.chain), 0),
  coalesce((select sequence from audit_anchors where chain = new.chain), 0)
)
begin
  select raise(ignore);
end;

create trigger audit_anchors_name_an_entry before insert on audit_anchors
when not exists (
  select 1 from audit_events
  where chain = new.chain and sequence = new.sequence and hash = new.hash
)
begin
  select raise(abort, 'an anchor names an entry');
end;

create trigger audit_anchors_only_move_on before update on audit_anchors
when new.chain <> old.chain or new.sequence < old.sequence or not exists (
  select 1 from audit_events
  where chain = new.chain and sequence = new.sequence and hash = new.hash
)
begin
  select raise(abort, 'an anchor only moves on');
end;

create trigger audit_anchors_stay before delete on audit_anchors
begin
  select raise(abort, 'anchors stay');
end;
