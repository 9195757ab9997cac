-- How much a workspace has in storage. Kept by the triggers below and by nothing else.
create table storage_use (
  workspace_id text primary key,
  bytes integer not null default 0 check (bytes >= 0),
  objects integer not null default 0 check (objects >= 0),
  -- Set by the operator for this workspace; null: STORAGE_QUOTA_BYTES.
  quota_bytes integer
) strict, without rowid;

-- One row an object in storage, under the key w/<workspace_id>/<id>. No reference to workspaces: a
-- row outlives its workspace until storage has let go of the object.
create table objects (
  id text primary key,
  workspace_id text not null,
  kind text not null,
  -- Pending from the reservation on; counted while pending or ready.
  state text not null default 'pending' check (state in ('pending', 'ready', 'deleted')),
  -- Name of the operator's location that it was sent to.
  location text not null,
  size integer not null check (size > 0),
  content_type text not null,
  part_size integer not null,
  -- Of the multipart upload; null when it is sent at once.
  upload_id text,
  -- Hex, as the sender says.
  sha256 text,
  -- As storage says.
  etag text,
  created_by text not null,
  created_at integer not null,
  ready_at integer,
  deleted_at integer,
  -- When storage is to be asked to remove it; again when that failed, and once more when no signature
  -- is good any longer that could have put it back.
  remove_at integer,
  -- Pending: when the upload counts as abandoned. Ready: when it ends by itself; null: not by itself.
  expires_at integer
) strict, without rowid;

-- What each part of a pending upload was signed for.
create table object_parts (
  object_id text not null references objects (id) on delete cascade,
  workspace_id text not null,
  number integer not null,
  -- Base64.
  md5 text not null,
  primary key (object_id, number)
) strict, without rowid;

create index objects_by_workspace on objects (workspace_id, state, id);
create index objects_by_kind on objects (workspace_id, kind, ready_at) where state = 'ready';
create index objects_to_expire on objects (expires_at) where state <> 'deleted' and expires_at is not null;
create index objects_to_remove on objects (remove_at) where remove_at is not null;

create trigger objects_counted after insert on objects
begin
  insert into storage_use (workspace_id, bytes, objects)
  values (new.workspace_id, new.size, 1)
  on conflict (workspace_id) do update set bytes = bytes + excluded.bytes, objects = objects + 1;
end;

create trigger objects_uncounted after update of state on objects
when old.state <> 'deleted' and new.state = 'deleted'
begin
  update storage_use set bytes = bytes - old.size, objects = objects - 1
  where workspace_id = old.workspace_id;
end;

create trigger objects_removed after delete on objects
when old.state <> 'deleted'
begin
  update storage_use set bytes = bytes - old.size, objects = objects - 1
  where workspace_id = old.workspace_id;
end;

-- What was taken out of storage does not come back.
create trigger objects_stay_deleted before update of state on objects
when old.state = 'deleted' and new.state <> 'deleted'
begin
  select raise(abort, 'deleted');
end;
