/** What every route of the edge finds in its Hono context. */
import type { Env } from './env.ts';
import type { Trace } from './logs/trace.ts';

/** How the session of a person began. */
export type SignInMethod = 'password' | 'google' | 'sso' | 'passkey';

/** The person whose session cookie came with the request. */
export interface Person {
  id: string;
  email: string;
  name: string;
  emailVerified: boolean;
  /** Whether this session proved two factors: a code after the password, or a passkey. */
  twoFactor: boolean;
  sessionId: string;
  /** Milliseconds since 1970. */
  sessionCreatedAt: number;
  method: SignInMethod;
}

export type Role = 'owner' | 'admin' | 'editor' | 'viewer';

/** The person as member of the workspace that the address names. */
export interface Member {
  workspaceId: string;
  personId: string;
  role: Role;
}

export interface Variables {
  /** Random, 128 bits as hex; also the response header `x-request-id`. */
  requestId: string;
  /** Where the request came from, as Cloudflare saw it. */
  address: string;
  /** For calls to others: `traceparentOf(trace)`. */
  trace: Trace;
  person: Person | null;
  member: Member | null;
}

export interface AppContext {
  Bindings: Env;
  Variables: Variables;
}
