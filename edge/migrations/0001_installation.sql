-- One row a fact about this installation. `id` tells two installations apart in logs and exports.
create table installation (
  key text primary key,
  value text not null
) strict;

insert into installation (key, value) values
  ('id', lower(hex(randomblob(16)))),
  ('created_at', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
