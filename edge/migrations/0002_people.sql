-- People and how they sign in. The first seven tables are written by the library as well: its dates
-- are ISO 8601 texts in UTC; all other times are milliseconds since 1970.
create table people (
  id text primary key,
  name text not null,
  -- Lower case.
  email text not null unique,
  email_verified integer not null default 0,
  image text,
  two_factor_enabled integer default 0,
  created_at text not null,
  updated_at text not null
) strict;

create table sessions (
  id text primary key,
  person_id text not null references people (id) on delete cascade,
  token text not null unique,
  expires_at text not null,
  ip_address text,
  user_agent text,
  created_at text not null,
  updated_at text not null,
  -- Written by us alone; the defaults are the least that a session can be.
  method text not null default 'password' check (method in ('password', 'google', 'sso', 'passkey')),
  two_factor integer not null default 0 check (two_factor in (0, 1)),
  seen_at integer not null default 0,
  -- When the person last proved who they are in this session, for what only then is allowed.
  confirmed_at integer not null default 0
) strict;

create index sessions_by_person on sessions (person_id);
create index sessions_by_end on sessions (expires_at);

-- `provider_id` is `credential` for a password, else where the identity comes from, such as `google`.
create table accounts (
  id text primary key,
  person_id text not null references people (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at text,
  refresh_token_expires_at text,
  scope text,
  password text,
  created_at text not null,
  updated_at text not null,
  unique (provider_id, account_id)
) strict;

create index accounts_by_person on accounts (person_id);

create table verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at text not null,
  created_at text not null,
  updated_at text not null
) strict;

create index verifications_by_identifier on verifications (identifier);
create index verifications_by_end on verifications (expires_at);

create table two_factors (
  id text primary key,
  person_id text not null unique references people (id) on delete cascade,
  -- Encrypted with the installation's secret.
  secret text not null,
  -- SHA-256 of each code that is left.
  backup_codes text not null,
  verified integer default 0,
  failed_verification_count integer default 0,
  locked_until text,
  -- Number of the last 30 seconds whose code was used: none of it or before it is taken again.
  last_step integer not null default 0
) strict;

create table passkeys (
  id text primary key,
  person_id text not null references people (id) on delete cascade,
  name text,
  public_key text not null,
  credential_id text not null unique,
  counter integer not null,
  device_type text not null,
  backed_up integer not null,
  transports text,
  aaguid text,
  created_at text
) strict;

create index passkeys_by_person on passkeys (person_id);

-- What the links in mails carry: good once and for a short while. Only the SHA-256 is kept.
create table mail_tokens (
  token_hash text primary key,
  purpose text not null check (purpose in ('reset-password', 'change-email')),
  person_id text not null references people (id) on delete cascade,
  -- The address that the token proves.
  email text not null,
  expires_at integer not null
) strict, without rowid;

create index mail_tokens_by_person on mail_tokens (person_id, purpose);
create index mail_tokens_by_end on mail_tokens (expires_at);

-- Who asked for an account and has not yet shown that the address is theirs. The person is made then,
-- so that nobody can prepare an account for an address that is not theirs.
create table pending_sign_ups (
  token_hash text primary key,
  email text not null,
  name text not null,
  password text not null,
  -- The rule that the password met (`minimum length:classes`).
  password_rule text not null,
  expires_at integer not null
) strict, without rowid;

create index pending_sign_ups_by_end on pending_sign_ups (expires_at);

-- How often something was tried in a window of time. `subject` is a hash: no address is kept.
create table attempts (
  subject text not null,
  window_start integer not null,
  count integer not null,
  expires_at integer not null,
  primary key (subject, window_start)
) strict, without rowid;

create index attempts_by_end on attempts (expires_at);

-- Mails of a local installation, shown at /dev/inbox. Empty everywhere else.
create table captured_mails (
  id text primary key,
  at integer not null,
  recipient text not null,
  subject text not null,
  text text not null,
  html text not null
) strict;

create index captured_mails_by_time on captured_mails (at);
