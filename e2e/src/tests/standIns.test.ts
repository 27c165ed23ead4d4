// The stand-ins themselves: a login as documented gives no violation, and each departure from it gives one.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { GithubStandIn } from '../providers/github';
import { GoogleStandIn } from '../providers/google';
import type { StandIn } from '../providers/standIn';

const client = { clientId: 'client', clientSecret: 'secret', redirectUri: 'http://localhost:1/callback' };
const verifier = 'a verifier of forty-three characters or more'.replaceAll(' ', '-');
const common = {
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    state: 'a state of some length',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
};
const googleScope = 'https://www.googleapis.com/auth/userinfo';
const forGoogle = {
    ...common,
    scope: `openid ${googleScope}.email ${googleScope}.profile`,
    nonce: 'a nonce of some length',
    access_type: 'offline',
    prompt: 'consent',
    include_granted_scopes: 'true',
};
const forGithub = { ...common, scope: 'read:user' };
const exchange = {
    grant_type: 'authorization_code',
    redirect_uri: client.redirectUri,
    client_id: client.clientId,
    client_secret: client.clientSecret,
    code_verifier: verifier,
};

/** Opens the consent page with these parameters, allows, and returns the code. */
async function obtainCode(authorization: string, parameters: Record<string, string>): Promise<string> {
    const page = await (await fetch(`${authorization}?${new URLSearchParams(parameters)}`)).text();
    const body = new URLSearchParams({
        request: /value="(request-[^"]+)"/.exec(page)![1],
        decision: 'allow',
    });
    const answer = await fetch(`${authorization}/decision`, { method: 'POST', body, redirect: 'manual' });
    return new URL(answer.headers.get('location')!).searchParams.get('code')!;
}

const post = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });

async function violationsOf<T extends StandIn>(starting: Promise<T>, act: (standIn: T) => Promise<unknown>) {
    const standIn = await starting;
    try {
        await act(standIn);
        return standIn.violations;
    } finally {
        await standIn.stop();
    }
}

const google = (act: (standIn: GoogleStandIn) => Promise<unknown>) =>
    violationsOf(GoogleStandIn.start(client), act);
const github = (act: (standIn: GithubStandIn) => Promise<unknown>) =>
    violationsOf(GithubStandIn.start(client, { expiring: false }), act);

test('Google: a login as documented', async () => {
    const violations = await google(async ({ endpoints }) => {
        const code = await obtainCode(endpoints.authorization, forGoogle);
        const tokens = await (await post(endpoints.token, { ...exchange, code })).json();
        const authorization = `Bearer ${tokens.access_token}`;
        assert.equal((await fetch(endpoints.userinfo, { headers: { authorization } })).status, 200);
        assert.equal((await post(endpoints.revocation, { token: tokens.refresh_token })).status, 200);
    });
    assert.deepEqual(violations, []);
});

const authorizationDepartures: [string, Record<string, string>, RegExp][] = [
    ['another redirect_uri', { redirect_uri: `${client.redirectUri}/` }, /redirect_uri is wrong/],
    ['no offline access', { access_type: '' }, /access_type is wrong/],
    ['plain PKCE', { code_challenge_method: 'plain' }, /code_challenge_method is wrong/],
    ['a lost scope', { scope: 'openid' }, /scope is wrong/],
    ['an unknown parameter', { approval_prompt: 'force' }, /unknown parameter approval_prompt/],
];
for (const [name, change, problem] of authorizationDepartures) {
    test(`Google: ${name} is a violation`, async () => {
        const act = ({ endpoints }: GoogleStandIn) =>
            obtainCode(endpoints.authorization, { ...forGoogle, ...change });
        const violations = await google(act);
        assert.equal(violations.length, 1);
        assert.match(violations[0], problem);
    });
}

test('Google: a code is good for one use, and only with its verifier', async () => {
    const violations = await google(async ({ endpoints }) => {
        const code = await obtainCode(endpoints.authorization, forGoogle);
        assert.equal((await post(endpoints.token, { ...exchange, code })).status, 200);
        assert.equal((await post(endpoints.token, { ...exchange, code })).status, 400);
        const other = await obtainCode(endpoints.authorization, forGoogle);
        const wrong = { ...exchange, code: other, code_verifier: `${verifier}-` };
        assert.equal((await post(endpoints.token, wrong)).status, 400);
    });
    assert.match(violations.join('\n'), /used before\n.*does not match/);
});

test('Google: tokens in a query and secrets in a header are violations', async () => {
    const violations = await google(async ({ endpoints }) => {
        await fetch(`${endpoints.userinfo}?access_token=x`);
        await post(endpoints.token, { ...exchange, code: 'x' }, { authorization: 'Basic eDp5' });
    });
    assert.match(violations.join('\n'), /has a query: \?access_token=x/);
    assert.match(violations.join('\n'), /no bearer token/);
    assert.match(violations.join('\n'), /client credentials in a header/);
});

test('GitHub: a login as documented, its answer a form unless JSON is asked for', async () => {
    const violations = await github(async ({ endpoints }) => {
        const request = { ...forGithub, scope: 'read:user repo' };
        const code = await obtainCode(endpoints.authorization, request);
        const form = new URLSearchParams(await (await post(endpoints.token, { ...exchange, code })).text());
        assert.equal(form.get('scope'), 'read:user,repo');
        assert.equal(form.get('refresh_token'), null);

        const second = { ...exchange, code: await obtainCode(endpoints.authorization, request) };
        const json = await (await post(endpoints.token, second, { accept: 'application/json' })).json();
        assert.match(json.access_token, /^gho_/);
        const headers = { authorization: `Bearer ${json.access_token}`, 'user-agent': 'test' };
        assert.equal((await (await fetch(endpoints.userinfo, { headers })).json()).login, 'octocat');
    });
    assert.deepEqual(violations, []);
});

test('GitHub: a call without User-Agent is a violation', async () => {
    const violations = await github(({ endpoints }) =>
        fetch(endpoints.userinfo, { headers: { 'user-agent': '' } }),
    );
    assert.match(violations.join('\n'), /no User-Agent/);
});
