// A certified OpenID provider (npm `oidc-provider`) on loopback, with accounts that the address of the login form names.
import http from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const redirect = process.argv[2];
const server = http.createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
const accounts = new Map();
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'hoicho',
    client_secret: 'a secret/with+signs',
    redirect_uris: [redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'first' }] },
  pkce: { required: () => true },
  claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
  // As strict as the specification allows: the address is at the userinfo endpoint only, unless the test asks otherwise.
  conformIdTokenClaims: process.argv[3] === 'userinfo',
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ['of a test'] },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { sub, email, verified, amr, cancel } = ctx.query;
  ctx.respond = false;
  if (cancel) return provider.interactionFinished(ctx.req, ctx.res, { error: 'access_denied' });
  accounts.set(sub, { email, email_verified: verified === 'true', name: sub });
  const login = { accountId: sub, amr: amr.split(' ') };
  return provider.interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
});
server.on('request', provider.callback());
console.log(issuer);
// Ends with the test.
process.stdin.on('end', () => process.exit()).resume();
