/** The parts that we use of packages without types. */
declare module 'samlp' {
  interface Sent {
    id: string;
    issuer: string;
    assertionConsumerServiceURL: string;
  }
  interface Samlp {
    parseRequest(
      request: { query: Record<string, string>; method: string },
      options: object,
      done: (error: Error | null, sent?: Sent) => void,
    ): void;
    getSamlResponse(
      options: object,
      person: unknown,
      done: (error: Error | null, xml: string) => void,
    ): void;
  }
  const samlp: Samlp;
  export default samlp;
}

declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }
  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    Grant: new (of: { clientId: string; accountId?: string }) => Grant;
    callback(): RequestListener;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ params: Record<string, unknown> }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: { login: { accountId: string } },
    ): Promise<void>;
  }
  interface Context {
    oidc: { client?: { clientId: string }; session?: { accountId?: string }; provider: Provider };
  }
  interface Configuration {
    findAccount(
      context: Context,
      id: string,
    ): { accountId: string; claims(): Record<string, unknown> };
    loadExistingGrant(context: Context): Promise<Grant>;
    interactions: { url(context: Context, interaction: { uid: string }): string };
    [option: string]: unknown;
  }
}
