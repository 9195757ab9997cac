/** Starts what runs outside of the worker for the tests of the edge; the addresses are `inject`ed. */
import type { TestProject } from 'vitest/node';
import { startNameServer } from './names.ts';
import { startOpenIdProvider } from './openid.ts';
import { startRogueProvider } from './rogue.ts';
import { startSamlProvider } from './saml.ts';

declare module 'vitest' {
  interface ProvidedContext {
    addresses: {
      /** A certified OpenID provider; clients register themselves at `/reg`. */
      openId: string;
      /** Says whatever a test wants it to say (rogue.ts). */
      rogue: string;
      saml: { address: string; entityId: string; certificate: string; otherCertificate: string };
      /** DNS over HTTPS; `PUT /records/<name>` with a JSON list of texts sets what it answers. */
      names: string;
    };
  }
}

export default async function setup({ provide }: TestProject) {
  const [openId, rogue, saml, names] = await Promise.all([
    startOpenIdProvider(),
    startRogueProvider(),
    startSamlProvider(),
    startNameServer(),
  ]);
  provide('addresses', {
    openId: openId.address,
    rogue: rogue.address,
    saml: saml.provided,
    names: names.address,
  });
  return () => [openId, rogue, saml, names].forEach((one) => one.stop());
}
