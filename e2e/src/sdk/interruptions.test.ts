// What happens to a session when the machine sleeps, the network is gone or the provider is away.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { logInAndConsent } from '../harness/person';
import { Contexts } from './harness/contexts';
import { SdkPage } from './harness/sdkPage';
import { SdkStage } from './harness/sdkStage';

const login = 'oidc-short-lived';

let stage: SdkStage;
let browser: Contexts;
before(async () => {
    stage = await SdkStage.start();
    browser = await Contexts.launch();
});
after(async () => {
    await browser?.close();
    await stage?.stop();
});

async function signIn(context: BrowserContext): Promise<{ app: SdkPage; token: string }> {
    const app = await SdkPage.open(stage, context);
    const { popup, outcome } = await app.askWithPopup(login);
    await logInAndConsent(popup);
    const { value, error } = await outcome;
    assert.ok(value, error?.message);
    return { app, token: value as string };
}

/** Waits until the page has another session than the one that ends at this time. */
async function untilRenewed(app: SdkPage, expiresAt: unknown): Promise<void> {
    await app.page.waitForFunction(
        ([name, old]) => {
            const now = window.sdkTest.snapshot(name as string) as { expiresAt?: Date };
            return now.expiresAt !== undefined && String(now.expiresAt) !== String(old);
        },
        [login, String(expiresAt)] as const,
    );
}

function expiresAt(app: SdkPage): Promise<string> {
    return app.page.evaluate(
        (name) => String((window.sdkTest.snapshot(name) as { expiresAt?: Date }).expiresAt),
        login,
    );
}

test('a token is renewed before it ends, without a call and without the user', async (t) => {
    const context = await browser.fresh(t);
    await context.clock.install();
    const { app, token } = await signIn(context);
    const before = await expiresAt(app);
    const answer = app.nextAnswer('/oidc/refresh');
    // Lives for 120 s and is renewed in the last fifth of them.
    await context.clock.fastForward(118_000);
    assert.equal((await answer).status(), 200);
    await untilRenewed(app, before);
    const renewed = await app.silentToken(login);
    assert.ok(renewed && renewed !== token);
});

test('after a night of sleep the page has a fresh token by itself', async (t) => {
    const context = await browser.fresh(t);
    await context.clock.install();
    const { app, token } = await signIn(context);
    const before = await expiresAt(app);
    await context.clock.fastForward('08:00:00');
    await untilRenewed(app, before);
    const requests = app.requestsTo('/oidc/refresh').length;
    const renewed = await app.silentToken(login);
    assert.ok(renewed && renewed !== token);
    assert.equal(app.requestsTo('/oidc/refresh').length, requests, 'it was asked for only when it was needed');
    assert.equal(context.pages().length, 1);
});

test('offline: the old token while it lives, then an error that may pass; online again: a fresh one', async (t) => {
    const context = await browser.fresh(t);
    await context.clock.install();
    const { app, token } = await signIn(context);
    const before = await expiresAt(app);
    await context.setOffline(true);
    await context.clock.fastForward(100_000);
    assert.equal(await app.silentToken(login), token);

    await context.clock.fastForward(60_000);
    const call = await app.begin(login, 'getAccessToken', undefined, { optional: true });
    const { error } = await settledBy(app, call);
    assert.equal(error?.code, 'retryable', error?.message);
    assert.equal(error.retryable, true);
    assert.equal((await app.session(login)).status, 'signed-in', 'a lost network has signed the user out');

    await context.setOffline(false);
    await untilRenewed(app, before);
    const renewed = await app.silentToken(login);
    assert.ok(renewed && renewed !== token);
});

/** Lets the clock of the page run until the call, which tries again and again, gives up. */
async function settledBy(app: SdkPage, call: number) {
    for (;;) {
        const outcome = await app.peek(call);
        if (outcome) return outcome;
        await app.page.clock.runFor(1000);
    }
}

test('a provider that is away signs nobody out', async (t) => {
    const context = await browser.fresh(t);
    const { app } = await signIn(context);
    await stage.providers.oidc.goDown();
    t.after(() => stage.providers.oidc.comeBack());
    await app.reload();
    const answer = app.nextAnswer('/oidc/refresh');
    const call = await app.begin(login, 'getAccessToken', undefined, { optional: true });
    assert.equal((await answer).status(), 503);
    await stage.providers.oidc.comeBack();
    const { value, error } = await app.outcome(call);
    assert.ok(value || error?.retryable, `${error?.code}: ${error?.message}`);
    assert.ok(await app.silentToken(login), 'the session is gone');
});

test("the provider's verdict ends the session in every tab", async (t) => {
    const context = await browser.fresh(t);
    await context.clock.install();
    const { app } = await signIn(context);
    const second = await SdkPage.open(stage, context);
    assert.ok(await second.silentToken(login));
    await stage.providers.oidc.revokeAllGrants();
    await context.clock.fastForward('00:10:00');
    for (const tab of [app, second]) {
        assert.equal(await tab.silentToken(login), '');
        assert.equal((await tab.session(login)).status, 'signed-out');
    }
});
