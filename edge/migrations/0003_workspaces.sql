-- Tenants. Every table that belongs to one has a column workspace_id, and every query on it names it.
create table workspaces (
  id text primary key,
  name text not null,
  -- JSON, contract/policy.ts and contract/settings.ts.
  policy text not null default '{}',
  settings text not null default '{}',
  created_at integer not null,
  created_by text not null,
  -- Asked to be deleted, and when that happens: until then owners may take it back.
  deleted_at integer,
  purge_at integer
) strict;

create index workspaces_to_purge on workspaces (purge_at) where purge_at is not null;

create table members (
  workspace_id text not null references workspaces (id) on delete cascade,
  person_id text not null,
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  joined_at integer not null,
  primary key (workspace_id, person_id)
) strict, without rowid;

create index members_by_person on members (person_id);

-- A workspace that still is one keeps an owner, whatever the code above this does.
create trigger members_keep_an_owner before delete on members
when old.role = 'owner'
  and exists (select 1 from workspaces where id = old.workspace_id)
  and not exists (
    select 1 from members
    where workspace_id = old.workspace_id and role = 'owner' and person_id <> old.person_id
  )
begin
  select raise(abort, 'last owner');
end;

create trigger members_keep_an_owner_in_role before update on members
when old.role = 'owner' and new.role <> 'owner'
  and not exists (
    select 1 from members
    where workspace_id = old.workspace_id and role = 'owner' and person_id <> old.person_id
  )
begin
  select raise(abort, 'last owner');
end;

-- Who was removed from a workspace: its provider alone cannot bring them back, an invitation can.
create table member_removals (
  workspace_id text not null references workspaces (id) on delete cascade,
  person_id text not null,
  removed_at integer not null,
  primary key (workspace_id, person_id)
) strict, without rowid;

-- Only the SHA-256 of an invitation's token is kept.
create table invitations (
  id text primary key,
  workspace_id text not null references workspaces (id) on delete cascade,
  token_hash text not null unique,
  -- Lower case; null for a link that anyone who has it may use once.
  email text,
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  created_at integer not null,
  created_by text not null,
  expires_at integer not null,
  accepted_at integer,
  accepted_by text,
  revoked_at integer
) strict;

create index invitations_by_workspace on invitations (workspace_id, created_at);

-- Password rules (`minimum length:classes`) that a person's password was seen to meet when it was
-- last set or used. What a workspace asks for is looked up here: the password itself is gone by then.
create table password_rules_met (
  person_id text not null,
  rule text not null,
  primary key (person_id, rule)
) strict, without rowid;

-- Names that a workspace has proven to hold; its sign-on may only speak for addresses under them.
create table workspace_domains (
  workspace_id text not null references workspaces (id) on delete cascade,
  domain text not null,
  token text not null,
  created_at integer not null,
  verified_at integer,
  primary key (workspace_id, domain)
) strict, without rowid;

create index workspace_domains_verified on workspace_domains (domain) where verified_at is not null;

create table sign_on_connections (
  id text primary key,
  workspace_id text not null references workspaces (id) on delete cascade,
  name text not null,
  -- JSON, contract/sign-on.ts, without the secret.
  provider text not null,
  sealed_secret text,
  default_role text not null check (default_role in ('admin', 'editor', 'viewer')),
  -- Whether people who are not members yet become members by signing in.
  joins integer not null check (joins in (0, 1)),
  enabled integer not null check (enabled in (0, 1)),
  created_at integer not null,
  last_used_at integer
) strict;

create index sign_on_connections_by_workspace on sign_on_connections (workspace_id);

-- Who a provider's subject is. The pair is the key, never the address.
create table sign_on_identities (
  connection_id text not null references sign_on_connections (id) on delete cascade,
  subject text not null,
  workspace_id text not null,
  person_id text not null references people (id) on delete cascade,
  created_at integer not null,
  primary key (connection_id, subject)
) strict, without rowid;

create index sign_on_identities_by_person on sign_on_identities (person_id, workspace_id);

-- A sign-on under way, bound to one browser by a cookie. Kept for minutes.
create table sign_on_attempts (
  id text primary key,
  workspace_id text not null,
  connection_id text not null references sign_on_connections (id) on delete cascade,
  binding_hash text not null,
  -- OpenID Connect: PKCE verifier and nonce. SAML: id of the request.
  verifier text,
  nonce text,
  request_id text,
  return_to text not null,
  created_at integer not null,
  expires_at integer not null,
  -- JSON: what the provider said, once it has been verified, until it is used.
  claims text,
  ticket_hash text unique
) strict;

create index sign_on_attempts_by_time on sign_on_attempts (expires_at);

-- SAML assertions that were used; kept until they could no longer be valid.
create table sign_on_assertions (
  workspace_id text not null,
  connection_id text not null references sign_on_connections (id) on delete cascade,
  assertion_id text not null,
  expires_at integer not null,
  primary key (connection_id, assertion_id)
) strict, without rowid;

-- Sessions that a workspace's own provider opened: good for that workspace only.
create table sign_on_sessions (
  session_id text primary key,
  workspace_id text not null references workspaces (id) on delete cascade,
  connection_id text not null,
  -- Whether the provider says that it asked for a second factor.
  second_factor integer not null check (second_factor in (0, 1)),
  created_at integer not null
) strict;
