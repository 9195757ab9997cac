-- Failures of the worker, one row a kind of failure. No messages: they can hold content.
create table error_reports (
  fingerprint text primary key,
  name text not null,
  route text not null,
  frames text not null,
  count integer not null,
  first_at integer not null,
  last_at integer not null,
  last_request_id text not null
) strict;

-- When each job of the clock last ran, so that no job runs twice at once and daily ones run daily.
create table job_runs (
  name text primary key,
  started_at integer not null,
  ended_at integer,
  outcome text not null check (outcome in ('running', 'success', 'error'))
) strict;

-- What the status page shows: how often each part was looked at in a day, and how often it failed.
create table status_days (
  -- Days since 1970, in UTC.
  day integer not null,
  part text not null,
  checks integer not null,
  failures integer not null,
  primary key (day, part)
) strict, without rowid;

-- Unusual sign-in patterns that were told to somebody; the key keeps one of them from being told twice.
create table alerts (
  rule text not null,
  subject_id text not null,
  period integer not null,
  at integer not null,
  mailed integer not null default 0 check (mailed in (0, 1)),
  primary key (rule, subject_id, period)
) strict, without rowid;
