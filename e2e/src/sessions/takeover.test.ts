// Sessions of a stock Backstage backend go on with ours: its cookies, which are not sealed, are taken over.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { githubUser, GithubStandIn } from '../providers/github';
import { freePorts } from '../harness/ports';
import { WireClient } from '../../wire/client';
import { Browser, causeOf, Deployment, tokenOf } from './deployment';
import { ScriptedProvider, wireClient } from '../../wire/scriptedProvider';

/** A stock backend cuts values into pieces of so many characters. */
const pieceLength = 4000;
const stockProgram = resolve('stock/backend.mjs');
const hasStock = existsSync('stock/node_modules/@backstage/plugin-auth-backend');

const accepting = { acceptUnsealedCookies: true };
const githubClient = { clientId: 'github-client', clientSecret: 'github-secret' };

let provider: ScriptedProvider;
let github: GithubStandIn;
let deployment: Deployment;

function providers() {
    return {
        oidc: { development: { ...wireClient, metadataUrl: provider.origin, prompt: 'auto' } },
        oauth2: {
            development: {
                ...wireClient,
                authorizationUrl: `${provider.origin}/authorize`,
                tokenUrl: `${provider.origin}/token`,
            },
        },
        github: { development: { ...githubClient, endpoints: github.endpoints } },
    };
}

before(async () => {
    const ports = await freePorts(1);
    const redirectUri = `http://127.0.0.1:${ports[0]}/api/auth/github/handler/frame`;
    provider = await ScriptedProvider.start();
    github = await GithubStandIn.start({ ...githubClient, redirectUri }, { expiring: false });
    deployment = await Deployment.start({ session: accepting, providers: providers() }, { ports });
});
afterEach(() => {
    provider.script = {};
});
after(async () => {
    await deployment?.stop();
    await github?.stop();
    await provider?.stop();
});

/** As a stock backend leaves a value with the browser. */
function plant({ client }: Browser, id: string, cookie: string, value: string): void {
    const url = `${deployment.base()}/${id}`;
    if (value.length <= pieceLength) return client.plant(url, cookie, value);
    for (let at = 0; at < value.length; at += pieceLength) {
        client.plant(url, `${cookie}-${at / pieceLength}`, value.slice(at, at + pieceLength));
    }
}

function lastRefreshToken(): string {
    const { form } = provider.requestsTo('/token').at(-1)!;
    assert.equal(form.get('grant_type'), 'refresh_token');
    return form.get('refresh_token')!;
}

for (const [form, token] of [
    ['in one cookie', 'refresh-1//0a+b/c=~.d e'],
    ['in pieces', `refresh-${'0123456789'.repeat(900)}`],
]) {
    test(`a refresh token ${form} is taken over, and sealed at its first use`, async () => {
        const browser = deployment.browser();
        plant(browser, 'oidc', 'oidc-refresh-token', token);
        const first = tokenOf(await browser.refresh({ provider: 'oidc' }));
        assert.equal(lastRefreshToken(), token);
        const cookies = browser.sessionCookies('oidc');
        assert.deepEqual(cookies.length, 1, cookies.map((cookie) => cookie.split('=')[0]).join());
        assert.doesNotMatch(decodeURIComponent(cookies[0]), /refresh-\d/);

        // Another tab that asks at the same time has its answer, and the session goes on with the newest token.
        assert.equal(tokenOf(await browser.refresh({ provider: 'oidc' })), first);
        assert.notEqual(tokenOf(await browser.refresh({ provider: 'oidc', scope: 'email' })), first);
        assert.notEqual(lastRefreshToken(), token);
    });
}

test('tabs that come with the old cookie at once are one call of the provider', async () => {
    const browser = deployment.browser();
    plant(browser, 'oidc', 'oidc-refresh-token', 'refresh-of-many-tabs');
    const asked = provider.requestsTo('/token').length;
    const tabs = Array.from({ length: 8 }, () => browser.copy());
    const answers = await Promise.all(tabs.map((tab) => tab.refresh({ provider: 'oidc' })));
    assert.equal(new Set(answers.map(tokenOf)).size, 1);
    assert.equal(provider.requestsTo('/token').length, asked + 1);
});

test('scopes that were granted are kept', async () => {
    const browser = deployment.browser();
    const granted = 'openid email reports:read';
    plant(browser, 'oidc', 'oidc-refresh-token', 'refresh-with-scopes');
    plant(browser, 'oidc', 'oidc-granted-scope', granted);
    provider.script = { token: (_form, { scope: _omitted, ...usual }) => ({ body: usual }) };
    for (const scope of ['', 'email']) {
        const answer = await browser.refresh({ provider: 'oidc', scope });
        tokenOf(answer);
        const scopes = answer.json().providerInfo.scope.split(' ');
        assert.ok(
            granted.split(' ').every((each) => scopes.includes(each)),
            scopes.join(),
        );
        assert.ok(!browser.client.cookieNames(`${deployment.base()}/oidc`).includes('oidc-granted-scope'));
    }
});

/** Allows on GitHub's page what the app asks for, and yields the token. */
async function newGithubToken(): Promise<string> {
    const browser = deployment.browser();
    const query = new URLSearchParams({
        env: 'development',
        origin: 'http://127.0.0.1:3000',
        flow: 'popup',
        scope: 'read:user repo',
    });
    const started = await browser.client.send(`${deployment.base()}/github/start?${query}`);
    const page = await new WireClient().send(started.headers.location);
    const [, request] = /name="request" value="([^"]+)"/.exec(page.text)!;
    const allowed = await new WireClient().send(`${github.origin}/login/oauth/authorize/decision`, {
        method: 'POST',
        body: new URLSearchParams({ request, decision: 'allow' }),
    });
    return (await browser.finishLogin(allowed.headers.location)).providerInfo.accessToken;
}

test("GitHub's access token in the place of a refresh token is taken over, with its scopes", async () => {
    const token = await newGithubToken();
    const browser = deployment.browser();
    plant(browser, 'github', 'github-refresh-token', `access-token-v2.${token}`);
    plant(browser, 'github', 'github-granted-scope', 'read:user repo');
    const answer = await browser.refresh({ provider: 'github' });
    assert.equal(tokenOf(answer), token);
    assert.deepEqual(answer.json().providerInfo.scope.split(' ').sort(), ['read:user', 'repo']);
    assert.equal(answer.json().profile.email, githubUser.email);
    const [cookie, ...more] = browser.sessionCookies('github');
    assert.deepEqual(more, []);
    assert.ok(!decodeURIComponent(cookie).includes(token), 'the cookie has the token in clear');
    assert.equal(tokenOf(await browser.refresh({ provider: 'github', scope: 'repo' })), token);
    assert.deepEqual(github.violations, []);
});

test('who signs out with the old cookie is signed out in all tabs', async () => {
    const browser = deployment.browser();
    plant(browser, 'oidc', 'oidc-refresh-token', 'refresh-signed-out');
    const tab = browser.copy();
    await browser.logOut({ provider: 'oidc' });
    assert.equal(provider.requestsTo('/revoke').at(-1)!.form.get('token'), 'refresh-signed-out');
    assert.deepEqual(browser.sessionCookies('oidc'), []);
    const refused = await tab.refresh({ provider: 'oidc' });
    assert.deepEqual([refused.status, causeOf(refused)], [401, 'session.signed_out']);
});

test('without the setting such a cookie is refused, and the provider never sees it', async (t) => {
    await deployment.restart({ session: {} });
    t.after(() => deployment.restart({ session: accepting }));
    const seen = provider.requests.length + github.requests.length;
    for (const [id, value] of [
        ['oidc', 'refresh-refused'],
        ['oidc', 'refresh-refused'.padEnd(9001, '-')],
        ['github', 'access-token-v2.gho_refused'],
    ]) {
        const browser = deployment.browser();
        plant(browser, id, `${id}-refresh-token`, value);
        const refused = await browser.refresh({ provider: id });
        assert.deepEqual([refused.status, refused.json().error.cause.code], [401, 'session.invalid']);
        await browser.logOut({ provider: id });
    }
    assert.equal(provider.requests.length + github.requests.length, seen);
});

const withoutStock = !hasStock && 'needs a stock backend: npm ci --prefix stock';

test('a stock backend is replaced while its users are signed in', { skip: withoutStock }, async (t) => {
    const { github: _, ...ofStock } = providers();
    const stock = await Deployment.start({ providers: ofStock }, { program: stockProgram });
    const users: { browser: Browser; id: string; token: string }[] = [];
    try {
        for (const id of ['oidc', 'oauth2']) {
            for (const length of [40, 9001]) {
                const browser = stock.browser();
                const token = `refresh-${id}-`.padEnd(length, '0123456789');
                provider.script = { token: (_form, usual) => ({ body: { ...usual, refresh_token: token } }) };
                await browser.logIn({ provider: id });
                users.push({ browser, id, token });
            }
        }
    } finally {
        await stock.stop();
    }
    provider.script = {};
    const ours = await Deployment.start({ providers: ofStock, session: accepting }, { ports: stock.ports });
    t.after(() => ours.stop());
    for (const { browser, id, token } of users) {
        assert.ok(browser.sessionCookies(id).join().includes('refresh-'), 'is no cookie of a stock backend');
        const first = tokenOf(await browser.refresh({ provider: id }));
        assert.equal(lastRefreshToken(), token);
        assert.equal(browser.sessionCookies(id).length, 1);
        assert.doesNotMatch(decodeURIComponent(browser.sessionCookies(id)[0]), /=refresh-/);
        assert.notEqual(tokenOf(await browser.refresh({ provider: id, scope: 'email' })), first);
    }
});
