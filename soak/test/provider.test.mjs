import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { Provider } from '../lib/provider/server.mjs';

const redirectUri = 'http://127.0.0.1:1/callback';
const authorization = `Basic ${Buffer.from('soak:a%20secret').toString('base64')}`;
let provider;

before(async () => {
    provider = await new Provider({ clientId: 'soak', clientSecret: 'a secret', tokenLifetimeMs: 8000 }).listen();
});
beforeEach(() => provider.faults.clear());
after(() => provider.close());

function post(path, form, headers = { authorization }) {
    return fetch(`${provider.url}${path}`, { method: 'POST', body: new URLSearchParams(form), headers });
}

async function authorize(query = {}) {
    const asked = { response_type: 'code', client_id: 'soak', redirect_uri: redirectUri, state: 's', scope: 'read', ...query };
    const answer = await fetch(`${provider.url}/authorize?${new URLSearchParams(asked)}`, { redirect: 'manual' });
    assert.equal(answer.status, 302);
    return new URL(answer.headers.get('location'));
}

async function logIn() {
    const code = (await authorize()).searchParams.get('code');
    const answer = await post('/token', { grant_type: 'authorization_code', code, redirect_uri: redirectUri });
    assert.equal(answer.status, 200);
    return answer.json();
}

const refresh = (token) => post('/token?caller=test', { grant_type: 'refresh_token', refresh_token: token });
const familyOf = ({ access_token: token }) => provider.families.find(token.split('.')[1]);

test('a login gives tokens that say how long they live', async () => {
    const back = await authorize();
    assert.equal(back.searchParams.get('state'), 's');
    const tokens = await logIn();
    assert.equal(tokens.expires_in, 8);
    assert.equal(tokens.scope, 'read');
    assert.match(tokens.access_token, /^at\.f\d+\.0\./);
});

test('a code is for one use, and for who knows the verifier', async () => {
    const verifier = 'v'.repeat(43);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const trade = async (codeVerifier) => {
        const back = await authorize({ code_challenge: challenge, code_challenge_method: 'S256' });
        const form = { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: redirectUri };
        const first = await post('/token', { ...form, code_verifier: codeVerifier });
        const second = await post('/token', { ...form, code_verifier: codeVerifier });
        return [first.status, second.status];
    };
    assert.deepEqual(await trade(verifier), [200, 400]);
    assert.deepEqual(await trade('w'.repeat(43)), [400, 400]);
});

test('a client that does not prove itself gets nothing', async () => {
    const wrong = { authorization: `Basic ${Buffer.from('soak:wrong').toString('base64')}` };
    const answer = await post('/token', { grant_type: 'refresh_token', refresh_token: 'x' }, wrong);
    assert.equal(answer.status, 401);
});

test('reuse is detected, counted, and told with who was answered before', async () => {
    const tokens = await logIn();
    const before = provider.stats();
    assert.equal((await refresh(tokens.refresh_token)).status, 200);
    const again = await refresh(tokens.refresh_token);
    assert.equal(again.status, 400);
    assert.deepEqual(await again.json(), { error: 'invalid_grant' });
    const stats = provider.stats();
    assert.equal(stats.reuse, before.reuse + 1);
    const { family, outcome, previous, spent, newest } = stats.repetitions.at(-1);
    assert.deepEqual([family, outcome, spent, newest], [familyOf(tokens).id, 'reuse', 0, 1]);
    assert.equal(previous.delivered, true);
    assert.equal(previous.caller, 'test');
});

test('revocation ends the login', async () => {
    const tokens = await logIn();
    assert.equal((await post('/revoke', { token: tokens.refresh_token })).status, 200);
    assert.equal((await refresh(tokens.refresh_token)).status, 400);
});

// What a caller sees of each fault, and whether the token was spent by it.
const faults = [
    { kind: 'status-500', sees: 500, spent: false },
    { kind: 'status-503', sees: 503, retryAfter: '7', spent: false },
    { kind: 'status-429', sees: 429, retryAfter: '7', spent: false },
    { kind: 'closed-before', sees: 'nothing', spent: false },
    { kind: 'html', sees: 'no JSON', spent: false },
    { kind: 'not-json', sees: 'no JSON', spent: false },
    { kind: 'closed-after', sees: 'nothing', spent: true },
    { kind: 'closed-middle', sees: 'no JSON', spent: true },
    { kind: 'cut-json', sees: 'no JSON', spent: true },
];

async function look(token) {
    let answer;
    try {
        answer = await refresh(token);
    } catch {
        return { sees: 'nothing' };
    }
    const retryAfter = answer.headers.get('retry-after');
    if (!answer.ok) return { sees: answer.status, ...(retryAfter && { retryAfter }) };
    return answer.json().then(() => ({ sees: 200 }), () => ({ sees: 'no JSON' }));
}

for (const { kind, spent, ...expected } of faults) {
    test(`the fault ${kind}: for the next call only`, async () => {
        const tokens = await logIn();
        provider.faults.add({ kind, grant: 'refresh_token', next: 1, retryAfter: 7 });
        assert.deepEqual(await look(tokens.refresh_token), expected);
        assert.equal(familyOf(tokens).generation, spent ? 1 : 0);
        assert.equal((await refresh(tokens.refresh_token)).status, spent ? 400 : 200);
    });
}

test('a slow answer comes late, and whole', async () => {
    const tokens = await logIn();
    const answered = provider.stats().faults.slow ?? 0;
    provider.faults.add({ kind: 'slow', next: 1, delayMs: 5 });
    assert.equal((await refresh(tokens.refresh_token)).status, 200);
    assert.equal(provider.stats().faults.slow, answered + 1);
});

test('a fault for logins leaves refreshes alone', async () => {
    const tokens = await logIn();
    provider.faults.add({ kind: 'status-500', grant: 'authorization_code' });
    assert.equal((await refresh(tokens.refresh_token)).status, 200);
});

test('a fault that does not exist is refused', async () => {
    const answer = await fetch(`${provider.url}/admin/faults`, { method: 'POST', body: '{"kind": "sloow"}' });
    assert.equal(answer.status, 400);
});
