// A hostile OpenID Provider: one issuer per mutation, http://localhost:PORT/<mutation>. "good..." must be accepted, the
// rest refused. /mutations lists them; /asked/<mutation> says which of its endpoints were asked, and how often.
import http from 'node:http';
import crypto from 'node:crypto';
import zlib from 'node:zlib';
import { generateKeyPair, exportJWK, CompactSign } from 'jose';

const SECRET = 's'.repeat(43);
const fresh = () => generateKeyPair('RS256', { extractable: true });
const [usual, rogue, rotated] = await Promise.all([fresh(), fresh(), fresh()]);
const jwk = async (pair, kid) => ({ ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'RS256' });
const now = () => Math.floor(Date.now() / 1000);
const b64 = (text) => Buffer.from(text).toString('base64url');
const half = (text) => crypto.createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
const hmac = (head, claims, secret) => {
  const text = `${b64(head)}.${b64(JSON.stringify(claims))}`;
  return `${text}.${crypto.createHmac('sha256', secret).update(text).digest('base64url')}`;
};
const parts = (token, change) => { const all = token.split('.'); change(all); return all.join('.'); };
const claims = (change) => ({ claims: change });
const header = (change) => ({ header: change });
const raw = (make) => ({ raw: make });
const signed = (post) => ({ post });
const back = (change) => ({ back: change });
const http_ = (token) => ({ token });
const jwks = (answer) => ({ jwks: answer });

// By mutation: what is changed, of the claims, the header, the whole token, the document, the way back, or an answer.
const MUTATIONS = {
  good: {},
  good_aud_array: claims((c) => { c.aud = [c.aud]; }),
  good_at_hash: claims((c, x) => { c.at_hash = half(x.access); }),
  good_jwks_rotated: { key: 'rotated' },
  good_skew_30s: claims((c) => { c.iat = now() + 20; }),

  iss_wrong: claims((c) => { c.iss = 'https://evil.example'; }),
  iss_trailing_slash: claims((c) => { c.iss += '/'; }),
  iss_missing: claims((c) => { delete c.iss; }),
  iss_case: claims((c) => { c.iss = c.iss.toUpperCase(); }),
  aud_wrong: claims((c) => { c.aud = 'other'; }),
  aud_missing: claims((c) => { delete c.aud; }),
  aud_array_no_azp: claims((c) => { c.aud = [c.aud, 'other']; }),
  azp_wrong: claims((c) => { c.aud = [c.aud, 'other']; c.azp = 'other'; }),
  aud_prefix: claims((c) => { c.aud += 'x'; }),
  exp_past: claims((c) => { c.exp = now() - 3600; }),
  exp_missing: claims((c) => { delete c.exp; }),
  exp_string: claims((c) => { c.exp = String(c.exp); }),
  exp_nan_huge: claims((c) => { c.exp = 'Infinity'; }),
  iat_missing: claims((c) => { delete c.iat; }),
  nbf_future: claims((c) => { c.nbf = now() + 3600; }),
  nonce_wrong: claims((c) => { c.nonce = 'x'; }),
  nonce_missing: claims((c) => { delete c.nonce; }),
  sub_missing: claims((c) => { delete c.sub; }),
  sub_empty: claims((c) => { c.sub = ''; }),
  sub_number: claims((c) => { c.sub = 5; }),

  alg_none: raw((c) => `${b64('{"alg":"none"}')}.${b64(JSON.stringify(c))}.`),
  alg_None_case: raw((c) => `${b64('{"alg":"NoNe"}')}.${b64(JSON.stringify(c))}.`),
  alg_hs256_pubkey: raw((c, x) => hmac('{"alg":"HS256","kid":"k1"}', c, JSON.stringify(x.jwk))),
  alg_hs256_secret: raw((c) => hmac('{"alg":"HS256"}', c, SECRET)),
  sig_rogue_key: { key: 'rogue' },
  sig_rogue_embedded_jwk: { key: 'rogue', header: async (h) => { h.jwk = await exportJWK(rogue.publicKey); delete h.kid; } },
  sig_rogue_jku: { key: 'rogue', header: (h, x) => { h.jku = `${x.origin}/rogue/jwks`; } },
  sig_stripped: signed((token) => parts(token, (all) => { all[2] = ''; })),
  sig_flipped: signed((token) => parts(token, (all) => {
    const bytes = Buffer.from(all[2], 'base64url'); bytes[5] ^= 1; all[2] = bytes.toString('base64url');
  })),
  payload_tampered: signed((token) => parts(token, (all) => {
    const c = JSON.parse(Buffer.from(all[1], 'base64url')); c.sub = 'admin'; all[1] = b64(JSON.stringify(c));
  })),
  kid_unknown: header((h) => { h.kid = 'nope'; }),
  kid_injection: header((h) => { h.kid = "../../dev/null' OR 1=1--"; }),
  crit_unknown: header((h) => { h.crit = ['x']; h.x = 1; }),
  id_token_missing: { response: (r) => { delete r.id_token; } },
  token_type_mac: { response: (r) => { r.token_type = 'mac'; } },

  disc_iss_mismatch: { document: (d) => { d.issuer = 'https://evil.example'; } },
  disc_iss_prefix: { document: (d) => { d.issuer += '/x'; } },
  cb_state_wrong: back((p) => p.set('state', 'x')),
  cb_state_missing: back((p) => p.delete('state')),
  cb_iss_wrong: back((p) => p.set('iss', 'https://evil.example')),
  cb_iss_missing_though_advertised: back((p) => p.delete('iss')),
  cb_error: back((p) => { p.delete('code'); p.set('error', 'access_denied'); }),
  cb_dup_code: back((p) => p.append('code', 'second')),

  http_token_500: http_((s) => send(s, 500, { error: 'server_error' })),
  http_token_html: http_((s) => { s.writeHead(200, { 'content-type': 'text/html' }); s.end('<h1>hi</h1>'); }),
  http_token_redirect: http_((s) => { s.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data/' }); s.end(); }),
  http_token_1mb_header: http_((s) => send(s, 200, {}, { 'x-big': 'x'.repeat(1 << 20) })),
  http_token_gzip_bomb: http_((s) => {
    s.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    s.end(zlib.gzipSync(Buffer.alloc(64 << 20, 0x20)));
  }),
  http_token_hang: http_(() => {}),
  http_jwks_500: jwks((s) => send(s, 500, {})),
  http_jwks_huge: jwks(async (s) => send(s, 200, { keys: [await jwk(usual, 'k1')], pad: 'x'.repeat(16 << 20) })),
  http_jwks_empty: jwks((s) => send(s, 200, { keys: [] })),
  deep_json: http_((s) => { s.writeHead(200, { 'content-type': 'application/json' }); s.end('{"a":'.repeat(90000) + '1' + '}'.repeat(90000)); }),
  userinfo_sub_mismatch: { userinfo: (u) => { u.sub = 'admin'; } },
};

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

const codes = new Map();
const asked = {};

async function minted(mutation, issuer, origin, code) {
  const x = { access: crypto.randomBytes(24).toString('base64url'), jwk: await jwk(usual, 'k1'), origin };
  const said = {
    iss: issuer, aud: code.client_id, sub: 'alice', iat: now(), exp: now() + 300, nonce: code.nonce, name: 'Alice',
    roles: ['Task.Read'],
  };
  mutation.claims?.(said, x);
  let token = mutation.raw?.(said, x);
  if (!token) {
    const head = { alg: 'RS256', kid: mutation.key === 'rotated' ? 'k2' : 'k1' };
    await mutation.header?.(head, x);
    const pair = { rogue, rotated }[mutation.key] ?? usual;
    const signing = new CompactSign(Buffer.from(JSON.stringify(said))).setProtectedHeader(head);
    token = await signing.sign(pair.privateKey, { crit: { x: true } });
  }
  token = mutation.post?.(token) ?? token;
  const answer = { access_token: x.access, token_type: 'Bearer', expires_in: 60, refresh_token: 'rt', id_token: token };
  mutation.response?.(answer);
  return answer;
}

const ENDPOINTS = {
  async '.well-known/openid-configuration'({ mutation, issuer, response }) {
    const at = (path) => `${issuer}/${path}`;
    const document = {
      issuer, authorization_endpoint: at('authorize'), token_endpoint: at('token'), jwks_uri: at('jwks'),
      userinfo_endpoint: at('userinfo'), response_types_supported: ['code'], subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
    mutation.document?.(document);
    send(response, 200, document);
  },
  async jwks({ mutation, response }) {
    if (mutation.jwks) return mutation.jwks(response);
    const keys = [await jwk(usual, 'k1')];
    if (mutation.key === 'rotated') keys.push(await jwk(rotated, 'k2'));
    send(response, 200, { keys });
  },
  async authorize({ mutation, issuer, url, response }) {
    const code = crypto.randomUUID();
    codes.set(code, Object.fromEntries(url.searchParams));
    const address = new URL(url.searchParams.get('redirect_uri'));
    Object.entries({ code, state: url.searchParams.get('state'), iss: issuer }).forEach(([name, value]) => address.searchParams.set(name, value));
    mutation.back?.(address.searchParams);
    response.writeHead(302, { location: address.href });
    response.end();
  },
  async token({ mutation, issuer, origin, request, response }) {
    let body = '';
    for await (const piece of request) body += piece;
    if (mutation.token) return mutation.token(response);
    const code = codes.get(new URLSearchParams(body).get('code')) ?? { client_id: 'clew' };
    send(response, 200, await minted(mutation, issuer, origin, code));
  },
  async userinfo({ mutation, response }) {
    const said = { sub: 'alice', name: 'Alice' };
    mutation.userinfo?.(said);
    send(response, 200, said);
  },
};

const server = http.createServer(async (request, response) => {
  const origin = `http://localhost:${server.address().port}`;
  const url = new URL(request.url, origin);
  const [, name, ...rest] = url.pathname.split('/');
  const path = rest.join('/');
  if (name === 'mutations') return send(response, 200, Object.keys(MUTATIONS));
  if (name === 'asked') return send(response, 200, asked[path] ?? {});
  const [mutation, endpoint] = [MUTATIONS[name], ENDPOINTS[path]];
  if (!mutation || !endpoint) return send(response, 404, { error: 'not_found' });
  asked[name] ??= {};
  asked[name][path] = (asked[name][path] ?? 0) + 1;
  try {
    await endpoint({ mutation, issuer: `${origin}/${name}`, origin, url, request, response });
  } catch (error) {
    console.error(error);
    response.destroy();
  }
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
