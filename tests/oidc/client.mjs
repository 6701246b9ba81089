// An independent, certified client (npm openid-client) against the embedded issuer; prints what it found as one line of
// JSON. From the environment: ISSUER, REDIRECT, NAME, PASSWORD.
import * as client from 'openid-client';

const { ISSUER, REDIRECT, NAME, PASSWORD } = process.env;
const found = {};
const config = await client.discovery(new URL(ISSUER), 'clew', undefined, client.None(), {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
});
const server = config.serverMetadata();
found.issuer_is_exact = server.issuer === ISSUER;
found.pkce_methods = server.code_challenge_methods_supported;
found.announces_iss = server.authorization_response_iss_parameter_supported;

// An authorization request with further parameters, and what must be remembered of it.
async function asked(further = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT, scope: 'openid profile email offline_access', state: checks.expectedState,
    nonce: checks.expectedNonce, code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256', ...further,
  });
  return { url, checks };
}

// Signs in with name and password; gives the address that leads back to the client.
async function signedIn({ url }, origin) {
  const body = new URLSearchParams({ request: url.search.slice(1), name: NAME, password: PASSWORD });
  const headers = origin ? { origin } : {};
  const answer = await fetch(new URL(url.pathname, url), { method: 'POST', redirect: 'manual', body, headers });
  return { status: answer.status, back: answer.headers.get('location') && new URL(answer.headers.get('location')) };
}

const granted = (back, checks) => client.authorizationCodeGrant(config, back, { idTokenExpected: true, ...checks });
const outcome = (promise) => promise.then(() => 'accepted', (error) => error.error ?? error.code ?? String(error));
const page = async (further) => {
  const { url } = await asked(further);
  if (Object.values(further).includes('')) {
    Object.entries(further).filter(([, value]) => value === '').forEach(([name]) => url.searchParams.delete(name));
  }
  const answer = await fetch(url, { redirect: 'manual' });
  return [answer.status, answer.headers.get('location')];
};

const first = await asked();
const { back } = await signedIn(first);
found.iss_in_answer = back.searchParams.get('iss') === ISSUER;
const tokens = await granted(back, first.checks);
found.name = tokens.claims().name;
found.roles = tokens.claims().roles;
found.proved_by = [tokens.claims().amr, tokens.claims().acr];
found.code_again = await outcome(granted(back, first.checks));
found.given_before = await outcome(client.refreshTokenGrant(config, tokens.refresh_token));

const other = await asked();
const returned = await signedIn(other);
found.wrong_verifier = await outcome(granted(returned.back, { ...other.checks, pkceCodeVerifier: 'x'.repeat(43) }));
found.code_after_wrong_verifier = await outcome(granted(returned.back, other.checks));

const anew = await asked();
const given = await granted((await signedIn(anew)).back, anew.checks);
const second = await client.refreshTokenGrant(config, given.refresh_token);
found.refresh_rotates = second.refresh_token !== given.refresh_token;
found.same_subject = second.claims().sub === tokens.claims().sub;
const lost = await client.refreshTokenGrant(config, given.refresh_token);
found.same_for_a_moment = lost.refresh_token === second.refresh_token;
const third = await client.refreshTokenGrant(config, second.refresh_token);
found.used_refresh = await outcome(client.refreshTokenGrant(config, given.refresh_token));
found.family_after_reuse = await outcome(client.refreshTokenGrant(config, third.refresh_token));

found.plain = await page({ code_challenge_method: 'plain' });
found.without_pkce = await page({ code_challenge: '', code_challenge_method: '' });
found.without_method = await page({ code_challenge_method: '' });
found.wrong_redirect = await page({ redirect_uri: 'http://evil.example/back' });
found.longer_redirect = await page({ redirect_uri: `${REDIRECT}/more` });
found.implicit = await page({ response_type: 'token' });
found.form_from_elsewhere = (await signedIn(await asked(), 'http://evil.example')).status;
console.log(JSON.stringify(found));
