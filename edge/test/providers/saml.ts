/**
 * A real SAML 2.0 identity provider (`samlp`). `GET /sso?SAMLRequest=…&RelayState=…` answers with the
 * form that a browser would post back. `as` is JSON of who signs in, `answer` JSON of how to answer
 * (lifetimeInSeconds, recipient, audience, inResponseTo, signResponse, key: 'other', …).
 */
import samlp from 'samlp';
import { selfSigned } from './certificate.ts';
import { listen } from './listen.ts';

const entityId = 'urn:test:identity-provider';

/** The claims of a person as attributes, and their id as name identifier. */
function profileMapper(person: Record<string, string>) {
  const { id = '', ...attributes } = person;
  return { getClaims: () => attributes, getNameIdentifier: () => ({ nameIdentifier: id }) };
}

export async function startSamlProvider() {
  const keys = { own: selfSigned('identity provider'), other: selfSigned('somebody else') };
  const server = await listen((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://saml');
    const query = Object.fromEntries(searchParams);
    const { key = 'own', ...answer } = JSON.parse(query.answer ?? '{}') as Record<string, string>;
    const pair = key === 'other' ? keys.other : keys.own;
    samlp.parseRequest({ query, method: 'GET' }, {}, (error, sent) => {
      if (error || !sent) return response.writeHead(400).end(String(error));
      const options = {
        ...{ issuer: entityId, key: pair.key, cert: pair.certificate, profileMapper },
        ...{ signatureAlgorithm: 'rsa-sha256', digestAlgorithm: 'sha256' },
        destination: sent.assertionConsumerServiceURL,
        recipient: sent.assertionConsumerServiceURL,
        ...{ audience: sent.issuer, inResponseTo: sent.id, lifetimeInSeconds: 300 },
        ...answer,
      };
      samlp.getSamlResponse(options, JSON.parse(query.as ?? '{}'), (problem, xml) => {
        if (problem) return response.writeHead(400).end(String(problem));
        response.setHeader('content-type', 'application/json');
        return response.end(
          JSON.stringify({
            action: sent.assertionConsumerServiceURL,
            SAMLResponse: Buffer.from(xml).toString('base64'),
            RelayState: query.RelayState,
          }),
        );
      });
    });
  });
  const { certificate } = keys.own;
  const provided = { address: `${server.address}/sso`, entityId, certificate };
  return { ...server, provided: { ...provided, otherCertificate: keys.other.certificate } };
}
