/** What the account screens share while one of them is open. */
import { createContext } from 'svelte';
import type { Account } from '../state/Account.svelte.ts';
import type { Confirmation } from '../state/Confirmation.svelte.ts';
import type { Workspaces } from '../state/Workspaces.svelte.ts';

export interface AccountContext {
  account: Account;
  workspaces: Workspaces;
  /** For changes that ask for a fresh proof of who one is. */
  confirmation: Confirmation;
}
export const [getAccount, setAccount] = createContext<AccountContext>();
