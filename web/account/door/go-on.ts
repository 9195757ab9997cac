import type { Account } from '../../state/Account.svelte.ts';
import { router } from '../../state/Router.svelte.ts';
import { messages } from '../../ui/messages/index.ts';
import { toasts } from '../../ui/toasts.svelte.ts';
import { change } from '../change.ts';
import { keptInvitation, takeReturn, takeTicket } from '../return-to.ts';

/** After signing in: joins a company sign-in that waited, then the invitation, then where one was. */
export async function goOn(account: Account): Promise<void> {
  const ticket = takeTicket();
  if (ticket) {
    let to = '/account';
    const done = await change(async () => (to = await account.linkSignOn(ticket)));
    if (done) toasts.show(messages.account.signInPage.linked, { tone: 'success' });
    router.go(done ? new URL(to, location.href).pathname : '/account', { replace: true });
    return;
  }
  router.go(keptInvitation() ? '/join' : takeReturn(), { replace: true });
}
