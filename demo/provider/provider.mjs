import { createHash, createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';
import { MemoryAdapter } from './memory_adapter.mjs';
import { avatar, consentPage, errorPage, homePage, loginPage, signOutPage, signedOutPage } from './pages.mjs';

// Short on purpose: the sample app shows a token that runs out and is renewed without the user.
const accessTokenSeconds = 120;
const day = 24 * 60 * 60;
const maxFormBytes = 4096;
const supportedScopes = ['openid', 'offline_access', 'profile', 'email', 'calendar.read', 'files.read'];

// Names are all that this provider knows of its users: whoever types one is that person.
class Accounts {
    #names = new Map();

    // Returns the account id of `name`, which is at most 64 characters of anything.
    add(name) {
        const plain = name.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '');
        const slug = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
        const id = slug || `user-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
        this.#names.set(id, name);
        return id;
    }

    name(id) {
        return this.#names.get(id) ?? id;
    }
}

// By way of PEM: Node can lock up when a key is exported as JWK while the job that made it is being collected.
function signingKey() {
    const privateKeyEncoding = { type: 'pkcs8', format: 'pem' };
    const publicKeyEncoding = { type: 'spki', format: 'pem' };
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding, publicKeyEncoding });
    const jwk = createPrivateKey(privateKey).export({ format: 'jwk' });
    return { ...jwk, kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

function configuration({ issuer, redirectUri, clientId, clientSecret, accounts }) {
    return {
        adapter: MemoryAdapter,
        jwks: { keys: [signingKey()] },
        cookies: { keys: [randomBytes(32).toString('base64url')] },
        clients: [
            {
                client_id: clientId,
                client_secret: clientSecret,
                client_name: 'Sample app',
                redirect_uris: [redirectUri],
                grant_types: ['authorization_code', 'refresh_token'],
                response_types: ['code'],
            },
        ],
        scopes: supportedScopes,
        claims: { openid: ['sub'], profile: ['name', 'picture'], email: ['email', 'email_verified'] },
        // The ID token carries the profile too, so that the sample app has something to show.
        conformIdTokenClaims: false,
        pkce: { required: () => true },
        issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
        rotateRefreshToken: true,
        ttl: {
            AccessToken: accessTokenSeconds,
            AuthorizationCode: 60,
            IdToken: 600,
            Interaction: 600,
            Grant: day,
            RefreshToken: day,
            Session: day,
        },
        features: {
            devInteractions: { enabled: false },
            // A client revokes its own tokens only (RFC 7009 section 2.1).
            revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
            rpInitiatedLogout: {
                enabled: true,
                logoutSource: (ctx, form) => send(ctx, signOutPage(form)),
                postLogoutSuccessSource: (ctx) => send(ctx, signedOutPage()),
            },
        },
        interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
        renderError: (ctx, out) => send(ctx, errorPage(out)),
        findAccount: (_, id) => ({
            accountId: id,
            claims: () => ({
                sub: id,
                name: accounts.name(id),
                picture: `${issuer}/avatar/${id}.svg`,
                email: `${id}@example.com`,
                email_verified: true,
            }),
        }),
    };
}

function send(ctx, html) {
    ctx.type = 'html';
    ctx.body = html;
}

async function readForm(request) {
    let body = '';
    for await (const chunk of request) {
        body += chunk;
        if (body.length > maxFormBytes) throw Object.assign(new Error('the form is too large'), { status: 413 });
    }
    return new URLSearchParams(body);
}

// Adds what the user agreed to to the grant of this user and client, or makes the first one.
async function grantConsent(provider, { grantId, session, params, prompt }) {
    const grant = grantId
        ? await provider.Grant.find(grantId)
        : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
    if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
    return { consent: { grantId: await grant.save() } };
}

// The pages between the authorization request and its answer: /interaction/{uid}[/login|/consent|/abort]
async function interact(provider, accounts, request, response, uid, action) {
    const details = await provider.interactionDetails(request, response);
    if (request.method === 'GET') {
        const name = details.session?.accountId && accounts.name(details.session.accountId);
        const asksForLogin = details.prompt.name === 'login' || action === 'login';
        const html = asksForLogin
            ? loginPage({ uid })
            : consentPage({ uid, name, scopes: details.prompt.details.missingOIDCScope ?? [] });
        return page(response, 200, html);
    }
    const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    if (action === 'abort') {
        return finish({ error: 'access_denied', error_description: 'The user refused' });
    }
    if (action === 'consent' && details.prompt.name === 'consent') {
        return finish(await grantConsent(provider, details));
    }
    const name = (await readForm(request)).get('name')?.trim().slice(0, 64);
    if (action !== 'login' || !name) return page(response, 400, loginPage({ uid, problem: 'Please type a name.' }));
    return finish({ login: { accountId: accounts.add(name) } });
}

function page(response, status, html) {
    response.writeHead(status, {
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        'Referrer-Policy': 'no-referrer',
    });
    response.end(html);
}

// Starts an OpenID provider on a loopback port, which keeps everything in memory. Resolves with {close()}.
export async function startProvider({ port, issuer, redirectUri, clientId, clientSecret }) {
    const accounts = new Accounts();
    const provider = new Provider(issuer, configuration({ issuer, redirectUri, clientId, clientSecret, accounts }));
    const handle = provider.callback();
    const style = readFileSync(new URL('style.css', import.meta.url));

    const server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, issuer);
        const interaction = /^\/interaction\/([\w-]+)(?:\/(login|consent|abort))?$/.exec(pathname);
        const picture = /^\/avatar\/([a-z0-9-]+)\.svg$/.exec(pathname);
        try {
            if (interaction) {
                await interact(provider, accounts, request, response, interaction[1], interaction[2]);
            } else if (picture) {
                response.writeHead(200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'max-age=3600' });
                response.end(avatar(accounts.name(picture[1])));
            } else if (pathname === '/style.css') {
                response.writeHead(200, { 'Content-Type': 'text/css; charset=utf-8' }).end(style);
            } else if (pathname === '/') {
                page(response, 200, homePage());
            } else {
                handle(request, response);
            }
        } catch (error) {
            page(response, error.status ?? 500, errorPage({ error: error.name, error_description: error.error_description ?? error.message }));
        }
    });
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return {
        close() {
            server.closeAllConnections();
            server.close();
        },
    };
}
