/** What the audit log says, in words. What has none yet is shown as the log has it. */
import { messages } from '../../ui/messages/index.ts';

const { actions } = messages.workspaces.audit;

/** `guide.published` → "Guide published", unless the catalogue knows better. */
export function sayAction(action: string): string {
  const known = actions[action];
  if (known) return known;
  const words = action.replaceAll(/[.-]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Local time to the second, so that entries close together can be told apart. */
export const sayTime = (at: number): string =>
  new Date(at).toLocaleString('en-GB', {
    ...({ day: '2-digit', month: 'short', year: 'numeric' } as const),
    ...({ hour: '2-digit', minute: '2-digit', second: '2-digit' } as const),
  });

export const sayDetail = (detail: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
