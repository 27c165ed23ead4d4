// What a refresh answers while the provider fails. Each test has an environment of its own: what one knows of its
// provider does not count for another.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { WireAnswer } from '../../wire/client';
import { Browser, causeOf, Deployment, tokenOf } from './deployment';
import { RotatingProvider } from './rotatingProvider';

let provider: RotatingProvider;
let deployment: Deployment;
before(async () => {
    provider = await RotatingProvider.start();
    const { settings } = provider;
    const environments = Object.fromEntries(
        ['development', 'unavailable', 'patience', 'broken', 'lost', 'verdict'].map((name) => [
            name,
            settings,
        ]),
    );
    deployment = await Deployment.start({
        // An answer is given again to nobody, so that each refresh goes to the provider.
        session: { replayWindow: '1ms' },
        providers: { oauth2: { ...environments, slow: { ...settings, timeout: '400ms' } } },
    });
});
afterEach(async () => {
    await provider.recover();
    await provider.set({ graceMs: 0, tokenLifetimeMs: 60_000 });
});
after(async () => {
    await deployment?.stop();
    await provider?.stop();
});

async function loggedIn(env: string): Promise<Browser> {
    const browser = deployment.browser();
    await browser.logIn({ env });
    return browser;
}

/** Try again, and after how many seconds; the session is left alone. */
function assertUnavailable(answer: WireAnswer): number {
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.json().error.name, 'ServiceUnavailableError');
    assert.deepEqual(answer.setCookies, []);
    assert.equal(answer.headers['stagedoor-stale'], undefined);
    assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
    return Number(answer.headers['retry-after']);
}

/** Asks until there is a token. */
async function untilServed(browser: Browser, env: string): Promise<string> {
    let answer = await browser.refresh({ env });
    while (answer.status !== 200) {
        assertUnavailable(answer);
        await pause(50);
        answer = await browser.refresh({ env });
    }
    assert.equal(answer.headers['stagedoor-stale'], undefined);
    return tokenOf(answer);
}

test('503: the last answer while its token lives, then 503 for as long as the provider said', async () => {
    const env = 'unavailable';
    await provider.set({ tokenLifetimeMs: 3000 });
    const browser = await loggedIn(env);
    const good = await browser.refresh({ env });
    const token = tokenOf(good);
    assert.equal(good.headers['stagedoor-stale'], undefined);
    await provider.fail({ kind: 'status-503', retryAfter: 60 });

    const stale = await browser.refresh({ env });
    assert.equal(tokenOf(stale), token);
    assert.equal(stale.headers['stagedoor-stale'], '1');
    assert.ok(stale.headers['access-control-expose-headers'].includes('Stagedoor-Stale'));
    const { calls } = await provider.stats();
    let answer = await browser.refresh({ env });
    while (answer.status === 200) {
        assert.equal(tokenOf(answer), token);
        assert.equal(answer.headers['stagedoor-stale'], '1');
        assert.ok(answer.json().providerInfo.expiresInSeconds <= 3);
        await pause(50);
        answer = await browser.refresh({ env });
    }
    const wait = assertUnavailable(answer);
    assert.ok(wait > 30 && wait <= 60, `Retry-After: ${wait}`);
    assert.equal(causeOf(answer), 'refresh.provider_paused');
    assert.equal(
        (await provider.stats()).calls,
        calls,
        'the provider was asked although it said when to come back',
    );

    // Other environments know nothing of it.
    await provider.recover();
    const other = await loggedIn('development');
    tokenOf(await other.refresh());
});

test('429: left alone for as long as the provider said, and then asked once', async () => {
    const env = 'patience';
    const browser = await loggedIn(env);
    await provider.fail({ kind: 'status-429', retryAfter: 2 });
    const asked = performance.now();
    assert.equal(assertUnavailable(await browser.refresh({ env })), 2);
    await provider.recover();
    const { calls } = await provider.stats();
    await untilServed(browser, env);
    assert.ok(performance.now() >= asked + 2000, 'it was asked before its time');
    assert.equal((await provider.stats()).calls, calls + 1);
});

test('answers that are none end no session', async () => {
    const env = 'broken';
    for (const kind of ['html', 'not-json', 'status-500', 'closed-before']) {
        const browser = await loggedIn(env);
        await provider.fail({ kind });
        assertUnavailable(await browser.refresh({ env }));
        await provider.recover();
        await untilServed(browser, env);
    }
    assert.equal((await provider.stats()).reuse, 0);
});

test('an answer that is lost on its way is fetched again, where the provider allows it', async () => {
    const env = 'lost';
    await provider.set({ graceMs: 60_000 });
    const browser = await loggedIn(env);
    for (const kind of ['closed-after', 'closed-middle', 'cut-json']) {
        const { regranted } = await provider.stats();
        await provider.fail({ kind, next: 1 });
        await untilServed(browser, env);
        const stats = await provider.stats();
        assert.deepEqual([stats.faults[kind], stats.regranted], [1, regranted + 1], kind);
    }
    assert.equal((await provider.stats()).reuse, 0);
});

test('a provider that takes too long ends no session', async () => {
    const env = 'slow';
    await provider.set({ graceMs: 60_000 });
    const browser = await loggedIn(env);
    await provider.fail({ kind: 'slow', delayMs: 1500, next: 1 });
    const answer = await browser.refresh({ env });
    assertUnavailable(answer);
    assert.equal(causeOf(answer), 'client.timeout');
    // While the slow call is still under way, and once it has spent the token too.
    const { granted, regranted } = await provider.stats();
    await untilServed(browser, env);
    let stats = await provider.stats();
    while (stats.granted + stats.regranted < granted + regranted + 2) {
        await pause(50);
        stats = await provider.stats();
    }
    await untilServed(browser, env);
    assert.equal(stats.reuse, 0);
});

test('invalid_grant: 401, the cookie goes, and the provider is not asked again', async () => {
    const env = 'verdict';
    const browser = await loggedIn(env);
    const token = tokenOf(await browser.refresh({ env }));
    const copies = [browser.copy(), browser.copy()];
    await provider.endLogin(token);
    const ended = await browser.refresh({ env });
    assert.equal(ended.status, 401, ended.text);
    assert.match(ended.json().error.message, /invalid_grant/);
    assert.deepEqual(browser.sessionCookies(), []);

    const { calls } = await provider.stats();
    for (const [index, scope] of ['', 'reports:read'].entries()) {
        const again = await copies[index].refresh({ env, scope });
        assert.deepEqual([again.status, causeOf(again)], [401, 'session.ended']);
        assert.deepEqual(copies[index].sessionCookies(), []);
    }
    assert.equal((await provider.stats()).calls, calls);
});
