/** What a new password still lacks, as one types. The edge checks it again, with a list of stolen ones. */
import { defaultPasswordRule, type PasswordRule } from '../../edge/contract/policy.ts';

export { defaultPasswordRule, type PasswordRule };

export interface RuleCheck {
  /** Characters, not UTF-16 units. */
  length: number;
  longEnough: boolean;
  /** Of the four: small letters, capital letters, digits, all others. */
  kinds: number;
  mixedEnough: boolean;
}

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{Ll}\p{Lu}\p{N}]/u];

export function checkRule(password: string, rule: PasswordRule): RuleCheck {
  const { length } = [...password.normalize('NFKC')];
  const has = kinds.filter((kind) => kind.test(password)).length;
  // Below twelve characters, three kinds are needed whatever the rule says.
  const needed =
    length < defaultPasswordRule.minimumLength ? Math.max(rule.classes, 3) : rule.classes;
  return {
    length,
    longEnough: length >= rule.minimumLength,
    kinds: has,
    mixedEnough: has >= needed,
  };
}

export const meetsRule = (password: string, rule: PasswordRule): boolean => {
  const { longEnough, mixedEnough } = checkRule(password, rule);
  return longEnough && mixedEnough;
};
