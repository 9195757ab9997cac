/**
 * For every table: what in it is about a person, what belongs to a workspace, and what becomes of that.
 * Exports, deletions and the tests of both go through this list. A test compares it with the database,
 * so a new table cannot be forgotten.
 */

/** Rows that are about a person. In conditions ?1 is the person's id and ?2 their address. */
export interface PersonRule {
  where: string;
  /** What deleting the account does: removes the rows, changes them (`set …`), or leaves them. */
  onDelete: 'delete' | 'keep' | `set ${string}`;
  /** Not part of the export: it is about somebody else too, or only a number of ours. */
  hidden?: true;
}

export interface TableRule {
  person?: PersonRule[];
  /** Condition for the rows of a workspace, ?1. */
  workspace?: string;
  /** Columns that no export holds: secrets, hashes of secrets, and what belongs to others. */
  secrets?: string[];
  /** Why there is neither, where that is not plain. */
  why?: string;
}

/** What stands where a deleted person's id stood. */
export const nobody = 'deleted';

const ofPerson = (column = 'person_id'): PersonRule => ({
  where: `${column} = ?1`,
  onDelete: 'delete',
});
const ofWorkspace = 'workspace_id = ?1';
const ofConnection =
  'connection_id in (select id from sign_on_connections where workspace_id = ?1)';

/** Those that refer to others come first, as they are removed in this order. */
export const tables: Record<string, TableRule> = {
  sign_on_sessions: {
    person: [
      {
        where: 'session_id in (select id from sessions where person_id = ?1)',
        onDelete: 'delete',
      },
    ],
    workspace: ofWorkspace,
  },
  sign_on_assertions: { workspace: ofConnection },
  sign_on_attempts: {
    workspace: ofWorkspace,
    secrets: ['binding_hash', 'verifier', 'nonce', 'claims', 'ticket_hash'],
  },
  sign_on_identities: { person: [ofPerson()], workspace: ofWorkspace },
  sign_on_connections: { workspace: ofWorkspace, secrets: ['sealed_secret'] },
  workspace_domains: { workspace: ofWorkspace, secrets: ['token'] },
  password_rules_met: { person: [ofPerson()] },
  invitations: {
    person: [
      { where: 'email = ?2', onDelete: 'delete' },
      { where: 'accepted_by = ?1', onDelete: 'set accepted_by = null' },
      { where: 'created_by = ?1', onDelete: `set created_by = '${nobody}'`, hidden: true },
    ],
    workspace: ofWorkspace,
    secrets: ['token_hash'],
  },
  member_removals: { person: [ofPerson()], workspace: ofWorkspace },
  members: { person: [ofPerson()], workspace: ofWorkspace },
  object_parts: {
    workspace: ofWorkspace,
    why: 'belongs to the row in objects',
  },
  objects: {
    person: [{ where: 'created_by = ?1', onDelete: `set created_by = '${nobody}'` }],
    workspace: ofWorkspace,
    secrets: ['upload_id', 'location', 'etag'],
  },
  storage_use: { workspace: ofWorkspace },
  workspaces: {
    person: [
      {
        where: 'id in (select workspace_id from members where person_id = ?1)',
        onDelete: 'keep',
      },
      { where: 'created_by = ?1', onDelete: `set created_by = '${nobody}'`, hidden: true },
    ],
    workspace: 'id = ?1',
  },
  mail_tokens: { person: [ofPerson()], secrets: ['token_hash'] },
  pending_sign_ups: {
    person: [{ where: 'email = ?2', onDelete: 'delete' }],
    secrets: ['token_hash', 'password'],
  },
  captured_mails: {
    person: [{ where: 'recipient = ?2', onDelete: 'delete' }],
    secrets: ['text', 'html'],
  },
  verifications: {
    person: [
      {
        where:
          'value = ?1 or instr(value, ?1) > 0 or instr(value, ?2) > 0 or instr(identifier, ?2) > 0',
        onDelete: 'delete',
      },
    ],
    secrets: ['identifier', 'value'],
  },
  passkeys: { person: [ofPerson()], secrets: ['public_key'] },
  two_factors: { person: [ofPerson()], secrets: ['secret', 'backup_codes'] },
  accounts: {
    person: [ofPerson()],
    secrets: ['password', 'access_token', 'refresh_token', 'id_token'],
  },
  sessions: { person: [ofPerson()], secrets: ['token'] },
  people: { person: [ofPerson('id')] },
  alerts: {
    person: [{ where: 'subject_id = ?1', onDelete: 'delete' }],
    workspace: 'subject_id = ?1',
  },
  audit_events: {
    // A log from which one could be taken out would prove nothing. What stays is the random id, and
    // the address until the log's own retention ends.
    person: [
      { where: `actor_id = ?1 or (target_kind = 'person' and target_id = ?1)`, onDelete: 'keep' },
    ],
    workspace: 'chain = ?1',
  },
  audit_anchors: { why: 'a number and a hash for each chain; stays, to prove what was removed' },
  attempts: { why: 'hashes of addresses that are gone within a day' },
  installation: { why: 'facts about the installation' },
  error_reports: { why: 'places in our code' },
  job_runs: { why: 'times of our jobs' },
  status_days: { why: 'counts of our checks' },
  d1_migrations: { why: 'names of our migrations' },
};

/** Binds a person's id and address to a statement that may use either. */
export function bindPerson(statement: D1PreparedStatement, sql: string, id: string, email: string) {
  return sql.includes('?2') ? statement.bind(id, email) : statement.bind(id);
}
