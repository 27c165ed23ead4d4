import { createHash, randomBytes } from 'node:crypto';
import { escape, layout, listen, readForm, scopeList, sendPage, sendPicture, sendStyle } from './web.mjs';

// Acme Code, the second provider of the demo: plain OAuth 2.0 without OpenID Connect, in the way of GitHub ("Authorizing
// OAuth apps"), so that the backend uses it as its provider `github`. Its access tokens do not expire, there are no refresh
// tokens, and the profile comes from an API. Any name logs in.

const look = 'acme-code';
const name = 'Acme Code';
const meanings = {
    'read:user': 'Read your profile',
    repo: 'Read and write your repositories',
    gist: 'Write gists',
};
const codeMilliseconds = 60_000;
const cookieName = 'acme_code_name';

const random = (prefix) => prefix + randomBytes(24).toString('base64url');

// Login requests whose page is open, codes with the challenge that their verifier has to meet (RFC 7636), and tokens.
class Grants {
    #requests = new Map();
    #codes = new Map();
    #tokens = new Map();

    open(parameters) {
        const id = random('request-');
        this.#requests.set(id, parameters);
        return id;
    }

    request(id) {
        return this.#requests.get(id);
    }

    close(id) {
        this.#requests.delete(id);
    }

    issueCode(grant) {
        const code = random('code-');
        this.#codes.set(code, { ...grant, until: Date.now() + codeMilliseconds });
        return code;
    }

    // What an access token for this code was issued for, once; undefined if the code or its verifier is no good.
    redeem(code, verifier, redirectUri) {
        const grant = this.#codes.get(code);
        this.#codes.delete(code);
        const challenge = createHash('sha256').update(verifier ?? '').digest('base64url');
        const isGood = grant?.until > Date.now() && grant.challenge === challenge && grant.redirectUri === redirectUri;
        if (!isGood) return undefined;
        const token = random('gho_');
        this.#tokens.set(token, grant);
        return { token, scopes: grant.scopes };
    }

    byToken(authorization = '') {
        return this.#tokens.get(authorization.replace(/^bearer /i, ''));
    }
}

function consentPage(id, { scopes }, userName, problem = '') {
    return layout({
        look,
        name,
        title: 'Authorize Sample app',
        body: `<form method="post" action="/login/oauth/authorize">
<input type="hidden" name="request" value="${escape(id)}">
<label for="name">Your name</label>
<input id="name" name="name" maxlength="64" autocomplete="off" autofocus placeholder="Ada Lovelace" value="${escape(userName)}">
<p class="hint">${escape(problem) || 'Any name will do. There is no password.'}</p>
<p><b>Sample app</b> would like to:</p>
${scopeList(scopes, meanings)}
<button class="primary" name="decision" value="allow">Authorize</button>
<button name="decision" value="deny">Cancel</button>
</form>`,
    });
}

function problemPage(response, title) {
    sendPage(response, 400, layout({ look, name, title, body: '<p>Close this page, and try again.</p>' }));
}

// The browser remembers who it was, so that more scopes take one click.
function nameIn(cookies = '') {
    const [, value] = new RegExp(`(?:^|; )${cookieName}=([^;]*)`).exec(cookies) ?? [];
    return value ? decodeURIComponent(value) : '';
}

function sendJson(response, status, body) {
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(body));
}

function sendBack(response, { redirectUri, state }, parameters) {
    const location = new URL(redirectUri);
    for (const [key, value] of Object.entries({ ...parameters, state })) location.searchParams.set(key, value);
    response.writeHead(303, { Location: location.href, 'Cache-Control': 'no-store' }).end();
}

class CodeHost {
    #grants = new Grants();
    #options;

    constructor(options) {
        this.#options = options;
    }

    #routes = {
        'GET /style.css': (_, response) => sendStyle(response),
        'GET /avatar': (request, response) => sendPicture(response, this.#query(request).get('name') ?? ''),
        'GET /login/oauth/authorize': (request, response) => this.#authorize(request, response),
        'POST /login/oauth/authorize': (request, response) => this.#decide(request, response),
        'POST /login/oauth/access_token': (request, response) => this.#token(request, response),
        'OPTIONS /user': (_, response) => response.writeHead(204).end(),
        'GET /user': (request, response) => this.#user(request, response),
    };

    async handle(request, response) {
        const path = new URL(request.url, this.#options.origin).pathname;
        const coop = this.#options.coop();
        if (coop !== 'none') response.setHeader('Cross-Origin-Opener-Policy', coop);
        if (path === '/user') {
            response.setHeader('Access-Control-Allow-Origin', this.#options.appOrigin);
            response.setHeader('Access-Control-Allow-Headers', 'Authorization');
        }
        try {
            const route = this.#routes[`${request.method} ${path}`];
            if (route) await route(request, response);
            else response.writeHead(404).end();
        } catch (error) {
            problemPage(response, error.message);
        }
    }

    #query(request) {
        return new URL(request.url, this.#options.origin).searchParams;
    }

    #authorize(request, response) {
        const { clientId, redirectUri } = this.#options;
        const query = this.#query(request);
        if (query.get('client_id') !== clientId || query.get('redirect_uri') !== redirectUri) {
            return problemPage(response, 'This app is not known here');
        }
        const pending = {
            redirectUri,
            state: query.get('state') ?? '',
            challenge: query.get('code_challenge'),
            scopes: (query.get('scope') ?? '').split(' ').filter(Boolean),
        };
        const known = query.get('prompt') === 'select_account' ? '' : nameIn(request.headers.cookie);
        return sendPage(response, 200, consentPage(this.#grants.open(pending), pending, known));
    }

    async #decide(request, response) {
        const form = await readForm(request);
        const id = form.get('request');
        const pending = this.#grants.request(id);
        if (!pending) return problemPage(response, 'This page has expired');
        if (form.get('decision') !== 'allow') {
            this.#grants.close(id);
            return sendBack(response, pending, { error: 'access_denied', error_description: 'The user refused' });
        }
        const userName = form.get('name')?.trim().slice(0, 64);
        if (!userName) return sendPage(response, 400, consentPage(id, pending, '', 'Please type a name.'));
        this.#grants.close(id);
        const cookie = `${cookieName}=${encodeURIComponent(userName)}; HttpOnly; SameSite=Lax; Path=/login/oauth`;
        response.setHeader('Set-Cookie', cookie);
        return sendBack(response, pending, { code: this.#grants.issueCode({ ...pending, userName }) });
    }

    // Errors have the status 200, as there.
    async #token(request, response) {
        const { clientId, clientSecret } = this.#options;
        const form = await readForm(request);
        if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
            return sendJson(response, 200, { error: 'incorrect_client_credentials' });
        }
        const issued = this.#grants.redeem(form.get('code'), form.get('code_verifier'), form.get('redirect_uri'));
        if (!issued) return sendJson(response, 200, { error: 'bad_verification_code' });
        const { token, scopes } = issued;
        return sendJson(response, 200, { access_token: token, token_type: 'bearer', scope: scopes.join(',') });
    }

    #user(request, response) {
        const grant = this.#grants.byToken(request.headers.authorization);
        if (!grant) return sendJson(response, 401, { message: 'Bad credentials' });
        const { userName } = grant;
        const digest = createHash('sha256').update(userName).digest();
        const plain = userName.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '');
        const login = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || `user-${digest.toString('hex', 0, 4)}`;
        response.setHeader('X-OAuth-Scopes', grant.scopes.join(', '));
        return sendJson(response, 200, {
            id: digest.readUInt32BE(),
            login,
            name: userName,
            email: `${login}@code.example.com`,
            avatar_url: `${this.#options.origin}/avatar?name=${encodeURIComponent(userName)}`,
        });
    }
}

// Starts it on a loopback port; all is kept in memory. Pages of `appOrigin` may call its API, and `coop` is a function that
// gives the Cross-Origin-Opener-Policy of its pages. Resolves with {close()}.
export function startAcmeCode({ port, ...options }) {
    const host = new CodeHost(options);
    return listen(port, (request, response) => host.handle(request, response));
}
