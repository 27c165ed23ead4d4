import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { SeededRandom } from '../random.mjs';
import { BadFault, Faults, spoilAfter, spoilBefore } from './faults.mjs';
import { Families } from './families.mjs';
import { Ledger } from './ledger.mjs';

const maxBodyBytes = 64 * 1024;
const codeLifetimeMs = 60_000;

function sendJson(response, status, body, headers = {}) {
    const text = JSON.stringify(body);
    const length = Buffer.byteLength(text);
    const fields = { 'content-type': 'application/json', 'cache-control': 'no-store', 'content-length': length };
    response.writeHead(status, { ...fields, ...headers }).end(text);
}

async function readBody(request) {
    let text = '';
    for await (const chunk of request) {
        text += chunk;
        if (text.length > maxBodyBytes) throw new Error('the body is too big');
    }
    return text;
}

// RFC 6749, section 2.3.1: both halves are form-encoded before they are joined.
function basicCredentials(request) {
    const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (encoded === undefined) return [];
    const text = Buffer.from(encoded, 'base64').toString();
    const colon = text.indexOf(':');
    const decode = (half) => new URLSearchParams(`v=${half}`).get('v');
    return [decode(text.slice(0, colon)), decode(text.slice(colon + 1))];
}

const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url');

// An OAuth 2.0 provider that asks nobody: the authorization endpoint sends everyone back at once, as a new user. Its
// refresh tokens rotate, and one that is used again revokes all of its login (families.mjs). The query parameter
// `caller` of the token endpoint names who calls in its log.
export class Provider {
    #codes = new Map();
    #server;

    constructor({ clientId, clientSecret, graceMs = 0, tokenLifetimeMs = 60_000, seed = 1, clock = Date.now }) {
        Object.assign(this, { clientId, clientSecret, tokenLifetimeMs, clock });
        this.families = new Families({ graceMs, clock });
        this.faults = new Faults(new SeededRandom(seed).fork('faults'));
        this.ledger = new Ledger();
    }

    async listen(port = 0) {
        this.#server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
            this.#answer(request, response).catch((error) => {
                const status = error instanceof BadFault || error instanceof SyntaxError ? 400 : 500;
                if (!response.headersSent) sendJson(response, status, { error: error.message });
            });
        });
        await new Promise((resolve, reject) => {
            this.#server.once('error', reject);
            this.#server.listen(port, '127.0.0.1', resolve);
        });
        this.url = `http://127.0.0.1:${this.#server.address().port}`;
        return this;
    }

    async close() {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    async #answer(request, response) {
        const { pathname, searchParams } = new URL(request.url, this.url);
        const handlers = {
            'GET /authorize': () => this.#authorize(searchParams, response),
            'POST /token': () => this.#token(request, searchParams.get('caller'), response),
            'POST /revoke': () => this.#revoke(request, response),
            'GET /admin/stats': () => sendJson(response, 200, this.stats()),
            'GET /admin/log': () => this.#log(searchParams.get('family'), response),
            'GET /admin/faults': () => sendJson(response, 200, this.faults.list()),
            'POST /admin/faults': () => this.#addFault(request, response),
            'DELETE /admin/faults': () => this.#clearFaults(response),
            'POST /admin/settings': () => this.#set(request, response),
            'POST /admin/revoke': () => this.#end(searchParams.get('family'), response),
        };
        const handler = handlers[`${request.method} ${pathname}`];
        if (!handler) return sendJson(response, 404, { error: 'not_found' });
        await handler();
    }

    stats() {
        const { counters, repetitions } = this.ledger;
        return { ...counters, tokenLifetimeMs: this.tokenLifetimeMs, graceMs: this.families.graceMs, repetitions };
    }

    #authorize(query, response) {
        const redirectUri = query.get('redirect_uri');
        if (query.get('client_id') !== this.clientId || !redirectUri || query.get('response_type') !== 'code') {
            return sendJson(response, 400, { error: 'invalid_request' });
        }
        const code = randomBytes(18).toString('base64url');
        const challenge = query.get('code_challenge_method') === 'S256' ? query.get('code_challenge') : null;
        const scope = query.get('scope') ?? '';
        this.#codes.set(code, { redirectUri, challenge, scope, expires: this.clock() + codeLifetimeMs });
        const target = new URL(redirectUri);
        target.searchParams.set('code', code);
        if (query.has('state')) target.searchParams.set('state', query.get('state'));
        response.writeHead(302, { location: target.href, 'content-length': 0 }).end();
    }

    async #token(request, caller, response) {
        const asked = this.clock(); // a slow answer is judged much later
        const form = new URLSearchParams(await readBody(request));
        const grant = form.get('grant_type');
        this.ledger.counters.calls += 1;
        const fault = this.faults.draw(grant);
        if (fault) this.ledger.countFault(fault.kind);
        if (fault && !fault.spent && (await spoilBefore(fault, response, sendJson))) return;
        if (!this.#isClient(request)) return this.#refuse(response, 401, 'invalid_client');
        if (grant === 'authorization_code') return this.#tradeCode(form, { asked, caller }, fault, response);
        if (grant === 'refresh_token') return this.#refresh(form, { asked, caller }, fault, response);
        this.#refuse(response, 400, 'unsupported_grant_type');
    }

    #tradeCode(form, from, fault, response) {
        const code = form.get('code');
        const trade = this.#codes.get(code);
        this.#codes.delete(code); // it is for one use (RFC 6749, section 4.1.2)
        const fits =
            trade &&
            trade.expires > this.clock() &&
            trade.redirectUri === form.get('redirect_uri') &&
            (trade.challenge === null || trade.challenge === challengeOf(form.get('code_verifier') ?? ''));
        if (!fits) return this.#refuse(response, 400, 'invalid_grant');
        this.ledger.counters.logins += 1;
        const grant = this.families.found(`user-${this.ledger.counters.logins}`, trade.scope);
        const call = { ...from, at: this.clock(), outcome: 'login', generation: 0, delivered: false };
        this.#send({ ...grant, call: this.ledger.write(grant.family, call) }, fault, response);
    }

    #refresh(form, from, fault, response) {
        const grant = this.families.refresh(form.get('refresh_token') ?? '');
        const { outcome, family, generation, repeated, previous } = grant;
        const call = { ...from, at: this.clock(), outcome, generation, fault: fault?.kind, delivered: false };
        this.ledger.write(family, call);
        if (outcome === 'regranted' || outcome === 'reuse') {
            const { at } = call;
            const repetition = { ...from, family: family.id, outcome, at, ...repeated, previous: { ...previous } };
            this.ledger.writeRepetition(repetition);
        }
        if (!grant.refreshToken) {
            if (outcome === 'reuse') this.ledger.counters.reuse += 1;
            return this.#refuse(response, 400, 'invalid_grant');
        }
        this.ledger.counters[outcome] += 1;
        grant.remember(call);
        this.#send({ ...grant, call }, fault, response);
    }

    #send({ family, generation, refreshToken, call }, fault, response) {
        const isRefresh = call.outcome !== 'login';
        const body = JSON.stringify({
            access_token: `at.${family.id}.${generation}.${randomBytes(12).toString('base64url')}`,
            token_type: 'Bearer',
            expires_in: Math.floor(this.tokenLifetimeMs / 1000),
            refresh_token: refreshToken,
            scope: family.scope,
        });
        if (fault?.spent) {
            call.spoiled = true;
            if (isRefresh) this.ledger.counters.spoiled += 1;
            return spoilAfter(fault, response, body);
        }
        response.once('finish', () => {
            call.delivered = true;
            if (isRefresh) this.ledger.counters.intact += 1;
        });
        response.writeHead(200, {
            'content-type': 'application/json',
            'cache-control': 'no-store',
            'content-length': body.length,
        });
        response.end(body);
    }

    #refuse(response, status, error) {
        this.ledger.counters.refused += 1;
        sendJson(response, status, { error });
    }

    #isClient(request) {
        const [id, secret] = basicCredentials(request);
        return id === this.clientId && secret === this.clientSecret;
    }

    async #revoke(request, response) {
        const form = new URLSearchParams(await readBody(request));
        if (!this.#isClient(request)) return this.#refuse(response, 401, 'invalid_client');
        if (this.families.revoke(form.get('token') ?? '')) this.ledger.counters.revocations += 1;
        response.writeHead(200, { 'content-length': 0 }).end(); // also for one that it does not know (RFC 7009, 2.2)
    }

    #log(id, response) {
        const family = this.families.find(id);
        if (!family) return sendJson(response, 404, { error: 'no such family' });
        const { subject, generation, revoked, calls } = family;
        sendJson(response, 200, { family: id, subject, generation, revoked, calls });
    }

    async #addFault(request, response) {
        this.faults.add(JSON.parse(await readBody(request)));
        sendJson(response, 200, this.faults.list());
    }

    #clearFaults(response) {
        this.faults.clear();
        sendJson(response, 200, []);
    }

    async #set(request, response) {
        const { graceMs, tokenLifetimeMs } = JSON.parse(await readBody(request));
        if (graceMs !== undefined) this.families.graceMs = graceMs;
        if (tokenLifetimeMs !== undefined) this.tokenLifetimeMs = tokenLifetimeMs;
        sendJson(response, 200, { graceMs: this.families.graceMs, tokenLifetimeMs: this.tokenLifetimeMs });
    }

    #end(id, response) {
        const ended = this.families.revokeFamily(id, 'administrator');
        sendJson(response, ended ? 200 : 404, { ended });
    }
}
