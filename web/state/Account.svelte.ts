/** The person who is signed in, if any, and the steps in and out. */
import type { PersonView, SignInStep } from '../../edge/contract/people.ts';
import { changeName, confirmEmail, endAllSessions } from '../api/own-account.ts';
import { deleteAccount } from '../api/portability.ts';
import { passkeysWork, signInWithPasskey } from '../api/passkeys.ts';
import {
  giveBackupCode,
  giveCode,
  readOffer,
  readSession,
  requestReset,
  resetPassword,
  signIn,
  signOut,
  signUp,
  startGoogle,
  verifyEmail,
  type AuthOffer,
} from '../api/people.ts';
import { sessionEvents } from '../api/request.ts';
import { findSignOn, linkSignOn, signOnAddress, type FoundSignOn } from '../api/sign-on.ts';
import { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';
import type { SignedIn } from './SignedIn.svelte.ts';

/** Both, or why not: an installation without accounts says so when asked what it offers. */
async function readBoth(): Promise<{ offer: AuthOffer; person: PersonView | null }> {
  const offer = await readOffer();
  if (!offer.accounts) throw new AppError('accounts-not-configured');
  return { offer, person: await readSession() };
}

export class Account {
  #session = new Fetched(readBoth);
  #signedIn: SignedIn;
  #hasEnded = $state(false);
  #hasLeft = $state(false);

  constructor(signedIn: SignedIn) {
    this.#signedIn = signedIn;
  }

  /** Undefined until known; null when nobody is signed in. */
  get person(): PersonView | null | undefined {
    return this.#session.value?.person;
  }
  /** What this installation offers to sign in with. */
  get offer(): AuthOffer | null {
    return this.#session.value?.offer ?? null;
  }
  get error(): AppError | null {
    return this.#session.error;
  }
  /** Whether a session ended while it was used. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }
  /** Whether the person signed out by their own will: then nothing is to be gone on with. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }
  readonly passkeysWork = passkeysWork();

  /** Notices when the edge says that the session is over. Returns what stops it. */
  watch(): () => void {
    const ended = () => {
      if (this.person) this.#hasEnded = true;
      void this.#nobody();
    };
    sessionEvents.addEventListener('ended', ended);
    return () => sessionEvents.removeEventListener('ended', ended);
  }

  async load(): Promise<void> {
    await this.#session.load();
    const { person } = this;
    if (person !== undefined) await this.#signedIn.set(person?.name ?? null);
  }

  /** `second-factor`: a code comes next, within ten minutes. */
  async signIn(email: string, password: string): Promise<SignInStep> {
    const step = await signIn(email, password);
    if (step === 'signed-in') await this.#isIn();
    return step;
  }

  async giveCode(code: string): Promise<void> {
    await giveCode(code);
    await this.#isIn();
  }

  async giveBackupCode(code: string): Promise<void> {
    await giveBackupCode(code);
    await this.#isIn();
  }

  /** Throws AbortError when the person stopped it. */
  async signInWithPasskey(): Promise<void> {
    await signInWithPasskey();
    await this.#isIn();
  }

  /** Where to go to sign in with Google. */
  startGoogle(returnTo: string, invitation?: string): Promise<string> {
    return startGoogle(returnTo, invitation);
  }

  /** The company sign-ins that are known for an address. */
  findSignOn(email: string): Promise<FoundSignOn[]> {
    return findSignOn(email);
  }
  signOnAddress(connectionId: string, returnTo: string, email: string): string {
    return signOnAddress(connectionId, returnTo, email);
  }
  /** Joins a company sign-in to this account; answers where to go on. */
  async linkSignOn(ticket: string): Promise<string> {
    return (await linkSignOn(ticket)).returnTo;
  }

  async signUp(body: Parameters<typeof signUp>[0]): Promise<void> {
    await signUp(body);
  }

  /** `password-needed` in another browser than the one that signed up. */
  async verifyEmail(token: string, password?: string): Promise<void> {
    await verifyEmail(token, password);
    await this.#isIn();
  }

  async requestReset(email: string): Promise<void> {
    await requestReset(email);
  }

  /** Ends all sessions. */
  async resetPassword(token: string, password: string): Promise<void> {
    await resetPassword(token, password);
    await this.#leave();
  }

  async confirmEmail(token: string): Promise<void> {
    await confirmEmail(token);
    await this.load();
  }

  async changeName(name: string): Promise<void> {
    await changeName(name);
    await this.load();
  }

  async signOut(): Promise<void> {
    await signOut();
    await this.#leave();
  }

  async signOutEverywhere(): Promise<void> {
    await endAllSessions();
    await this.#leave();
  }

  /** `email` must be the account's own. Throws `last-owner` while a workspace would have none. */
  async delete(email: string): Promise<void> {
    await deleteAccount(email);
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#hasLeft = true;
    await this.#nobody();
  }

  /** Nobody is signed in here any more. */
  async #nobody(): Promise<void> {
    const { offer } = this;
    if (offer) this.#session.set({ offer, person: null });
    await this.#signedIn.set(null);
  }

  async #isIn(): Promise<void> {
    this.#hasEnded = this.#hasLeft = false;
    await this.load();
  }
}
