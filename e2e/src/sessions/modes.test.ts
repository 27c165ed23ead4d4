// What the cookie of a session holds, all of it or a handle, is a setting that can change while users are signed in.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { causeOf, Deployment, tokenOf } from './deployment';
import { ScriptedProvider, wireClient } from '../../wire/scriptedProvider';

/** Each refresh goes to the provider: an answer is given again to nobody. */
const eachRefreshCalls = { replayWindow: '1ms' };
const modes = ['cookie', 'store'];
const oidc = { provider: 'oidc' };

let provider: ScriptedProvider;
let deployment: Deployment;
/** What the provider gave last, and has to get next: anything else ends the session. */
const newest = new Map<string, string>();

before(async () => {
    provider = await ScriptedProvider.start();
    const development = { ...wireClient, metadataUrl: provider.origin, prompt: 'auto' };
    const session = { mode: 'cookie', ...eachRefreshCalls };
    deployment = await Deployment.start({ session, providers: { oidc: { development } } });
});
afterEach(() => {
    provider.script = {};
});
after(async () => {
    await deployment?.stop();
    await provider?.stop();
});

const startWith = (mode: string) => deployment.restart({ session: { mode, ...eachRefreshCalls } });

/** Tokens of so many characters that rotate; one that was used before is refused. */
function rotateStrictly(length: number): void {
    const spent = new Set<string>();
    provider.script = {
        token: (form, usual) => {
            const used = form.get('refresh_token');
            if (used !== null && (spent.has(used) || !newest.has(used)))
                return { status: 400, body: { error: 'invalid_grant' } };
            if (used !== null) spent.add(used);
            // No text that repeats: nothing that is compressed can pass for small.
            const next = randomBytes(length).toString('base64url').slice(0, length);
            newest.set(next, used ?? '');
            return { body: { ...usual, refresh_token: next } };
        },
    };
}

const size = (cookies: string[]) => cookies.join('; ').length;
const longestHandle = 300;

test('mode store: login, refresh and logout with a cookie that is a handle', async () => {
    await startWith('store');
    rotateStrictly(2000);
    const browser = deployment.browser();
    const { providerInfo } = await browser.logIn(oidc);
    const [handle, ...more] = browser.sessionCookies('oidc');
    assert.deepEqual(more, []);
    assert.ok(handle.length < longestHandle, `${handle.length} characters`);
    const tokens = new Set([providerInfo.accessToken]);
    for (let round = 0; round < 3; round++) tokens.add(tokenOf(await browser.refresh(oidc)));
    assert.equal(tokens.size, 4);

    const copy = browser.copy();
    const answer = await browser.logOut(oidc);
    assert.equal(answer.status, 200);
    assert.ok(newest.has(provider.requestsTo('/revoke').at(-1)!.form.get('token')!));
    assert.deepEqual(browser.sessionCookies('oidc'), []);
    const refused = await copy.refresh(oidc);
    assert.deepEqual([refused.status, causeOf(refused)], [401, 'session.signed_out']);
});

test('a made-up handle finds nothing', async () => {
    await startWith('store');
    const browser = deployment.browser();
    await browser.logIn(oidc);
    const [name, value] = browser.sessionCookies('oidc')[0].split('=');
    const changed = decodeURIComponent(value).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    browser.client.plant(`${deployment.base()}/oidc`, name, changed);
    const refused = await browser.refresh(oidc);
    assert.deepEqual([refused.status, refused.json().error.cause.code], [401, 'session.invalid']);
});

for (const length of [40, 40 * 1024]) {
    test(`a change of mode, there and back, loses nobody; tokens of ${length} bytes`, async () => {
        await startWith('cookie');
        rotateStrictly(length);
        const early = deployment.browser();
        await early.logIn(oidc);
        const full = size(early.sessionCookies('oidc'));
        assert.ok(full > length, 'the session is not in the cookie');
        tokenOf(await early.refresh(oidc));

        await startWith('store');
        const late = deployment.browser();
        await late.logIn(oidc);
        for (const browser of [early, late]) {
            for (let round = 0; round < 2; round++) tokenOf(await browser.refresh(oidc));
            assert.equal(browser.sessionCookies('oidc').length, 1, 'pieces of the old cookie are left');
            assert.ok(size(browser.sessionCookies('oidc')) < longestHandle);
        }

        await startWith('cookie');
        for (const browser of [early, late]) {
            for (let round = 0; round < 2; round++) tokenOf(await browser.refresh(oidc));
            assert.ok(size(browser.sessionCookies('oidc')) > length, 'the cookie is still a handle');
        }
    });
}

for (const mode of modes) {
    test(`mode ${mode}: a session outlives a restart between any two requests`, async () => {
        await startWith(mode);
        rotateStrictly(40);
        const browser = deployment.browser();
        await browser.logIn(oidc);
        await startWith(mode);
        tokenOf(await browser.refresh(oidc));
        await startWith(mode);
        tokenOf(await browser.refresh(oidc));
    });
}
