// An independent, certified OpenID Provider (npm oidc-provider) that a chapter steers: POST /test/set with JSON changes
// where the client may return to, which roles somebody has, who has left, and under which key is signed.
import http from 'node:http';
import { generateKeyPair, exportJWK } from 'jose';

// It warns of everything that makes it a provider for tests.
console.warn = () => {};
const { default: Provider } = await import('oidc-provider');
const { default: Memory } = await import('oidc-provider/lib/adapters/memory_adapter.js');

const set = { redirects: ['http://localhost/none'], after: 'http://localhost/', roles: {}, gone: [], key: 'first' };
const keys = new Map();
let issuer, answering;

async function key(kid) {
  if (!keys.has(kid)) {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    keys.set(kid, { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' });
  }
  return keys.get(kid);
}

async function configured() {
  const provider = new Provider(issuer, {
    // One memory for all that are made one after the other, or a new key would end every session.
    adapter: (name) => new Memory(name),
    clients: [{
      client_id: 'clew', client_secret: 'between clew and the provider, 32+', redirect_uris: set.redirects,
      post_logout_redirect_uris: [set.after], grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    }],
    jwks: { keys: [await key(set.key)] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    // The chapter's clock runs ahead of this one.
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 7200, RefreshToken: 7200, Session: 7200, Grant: 7200 },
    claims: { openid: ['sub'], profile: ['name', 'realm'], email: ['email', 'email_verified'] },
    findAccount: async (_, id) => set.gone.includes(id) ? undefined : ({
      accountId: id,
      claims: async () => ({
        sub: id, name: id, email: `${id}@example.org`, email_verified: true, realm: { roles: set.roles[id] ?? [] },
      }),
    }),
    cookies: { keys: ['a', 'b'] },
  });
  answering = provider.callback();
}

const server = http.createServer(async (request, response) => {
  if (request.url === '/test/set') {
    let body = '';
    for await (const piece of request) body += piece;
    Object.assign(set, JSON.parse(body));
    await configured();
    response.end('set');
    return;
  }
  answering(request, response);
});
server.listen(0, '127.0.0.1', async () => {
  issuer = `http://localhost:${server.address().port}`;
  await configured();
  console.log(`listening on ${server.address().port}`);
});
