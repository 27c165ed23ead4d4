import { createHash, createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider, { interactionPolicy } from 'oidc-provider';
import { MemoryAdapter } from './memory_adapter.mjs';
import { consentPage, errorPage, homePage, loginPage, signOutPage, signedOutPage } from './acme_id_pages.mjs';
import { listen, readForm, sendPage, sendPicture, sendStyle } from './web.mjs';

// Acme ID, the first provider of the demo: OpenID Connect with refresh tokens that rotate, by the certified oidc-provider.

// Short on purpose: the sample app shows a token that runs out and is renewed without the user.
const accessTokenSeconds = 60;
const day = 24 * 60 * 60;
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

// prompt=select_account: another name can be typed though somebody is signed in (OpenID Connect Core, 3.1.2.1).
function policy() {
    const all = interactionPolicy.base();
    all.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
    return all;
}

function configuration({ issuer, redirectUri, clientId, clientSecret, appOrigin, accounts }) {
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
        // The sample app calls the userinfo endpoint from its page.
        clientBasedCORS: (_, origin) => origin === appOrigin,
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
        interactions: { policy: policy(), url: (_, interaction) => `/interaction/${interaction.uid}` },
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

// Adds what the user agreed to to the grant of this user and client, or makes the first one.
async function grantConsent(provider, { grantId, session, params, prompt }) {
    const grant = grantId
        ? await provider.Grant.find(grantId)
        : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
    if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
    // The account was chosen on the page before, if it was asked for.
    return { consent: { grantId: await grant.save() }, select_account: {} };
}

// The pages between the authorization request and its answer: /interaction/{uid}[/login|/consent|/abort]
async function interact(provider, accounts, request, response, uid, action) {
    const details = await provider.interactionDetails(request, response);
    if (request.method === 'GET') {
        const name = details.session?.accountId && accounts.name(details.session.accountId);
        const asksForLogin = details.prompt.name !== 'consent' || action === 'login';
        const html = asksForLogin
            ? loginPage({ uid })
            : consentPage({ uid, name, scopes: details.prompt.details.missingOIDCScope ?? [] });
        return sendPage(response, 200, html);
    }
    const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    if (action === 'abort') {
        return finish({ error: 'access_denied', error_description: 'The user refused' });
    }
    if (action === 'consent' && details.prompt.name === 'consent') {
        return finish(await grantConsent(provider, details));
    }
    const name = (await readForm(request)).get('name')?.trim().slice(0, 64);
    if (action !== 'login' || !name) return sendPage(response, 400, loginPage({ uid, problem: 'Please type a name.' }));
    return finish({ login: { accountId: accounts.add(name) }, select_account: {} });
}

// Starts it on a loopback port; all is kept in memory. Pages of `appOrigin` may call its userinfo endpoint, and `coop` is a
// function that gives the Cross-Origin-Opener-Policy of its pages. Resolves with {close()}.
export async function startAcmeId({ port, coop, ...options }) {
    const { issuer } = options;
    const accounts = new Accounts();
    const provider = new Provider(issuer, configuration({ ...options, accounts }));
    const handle = provider.callback();

    return listen(port, async (request, response) => {
        if (coop() !== 'none') response.setHeader('Cross-Origin-Opener-Policy', coop());
        const { pathname } = new URL(request.url, issuer);
        const interaction = /^\/interaction\/([\w-]+)(?:\/(login|consent|abort))?$/.exec(pathname);
        const picture = /^\/avatar\/([a-z0-9-]+)\.svg$/.exec(pathname);
        try {
            if (interaction) await interact(provider, accounts, request, response, interaction[1], interaction[2]);
            else if (picture) sendPicture(response, accounts.name(picture[1]));
            else if (pathname === '/style.css') sendStyle(response);
            else if (pathname === '/') sendPage(response, 200, homePage());
            else handle(request, response);
        } catch (error) {
            const told = { error: error.name, error_description: error.error_description ?? error.message };
            sendPage(response, error.status ?? 500, errorPage(told));
        }
    });
}
