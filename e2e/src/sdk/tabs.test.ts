// Several tabs of one browser share a session: they renew it once, and see when it ends.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { logInAndConsent } from '../harness/person';
import { Contexts } from './harness/contexts';
import { SdkPage } from './harness/sdkPage';
import { SdkStage } from './harness/sdkStage';

/** More than the life of the short-lived access tokens, and less than that of the session. */
const night = '08:00:00';

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

async function signIn(context: BrowserContext, target = 'oidc'): Promise<{ app: SdkPage; token: string }> {
    const app = await SdkPage.open(stage, context);
    const { popup, outcome } = await app.askWithPopup(target);
    await logInAndConsent(popup);
    const { value, error } = await outcome;
    assert.ok(value, error?.message);
    return { app, token: value as string };
}

function openTabs(context: BrowserContext, count: number): Promise<SdkPage[]> {
    return Promise.all(Array.from({ length: count }, () => SdkPage.open(stage, context)));
}

test('a new tab has the session from its sibling, without a request', async (t) => {
    const context = await browser.fresh(t);
    const { token } = await signIn(context);
    const second = await SdkPage.open(stage, context);
    assert.equal(await second.silentToken('oidc'), token);
    assert.deepEqual(second.requestsTo('/oidc/refresh'), []);
});

test('a login in one tab signs in the others', async (t) => {
    const context = await browser.fresh(t);
    const [bystander] = await openTabs(context, 1);
    await bystander.silentToken('oidc');
    const { token } = await signIn(context);
    await bystander.untilSession('oidc', 'signed-in');
    assert.equal(await bystander.silentToken('oidc'), token);
});

test('ten tabs that wake up: the provider sees one refresh, and all have the same token', async (t) => {
    const context = await browser.fresh(t);
    await context.clock.install();
    const { app, token } = await signIn(context, 'oidc-short-lived');
    const tabs = [app, ...(await openTabs(context, 9))];
    await Promise.all(tabs.map((tab) => tab.silentToken('oidc-short-lived')));
    const refreshesBefore = stage.refreshesAtProvider();
    const asked = () => tabs.flatMap((tab) => tab.requestsTo('/oidc/refresh')).length;
    const askedBefore = asked();

    await context.clock.fastForward(night);
    const tokens = await Promise.all(tabs.map((tab) => tab.silentToken('oidc-short-lived')));
    assert.equal(asked() - askedBefore, 1, 'more than one tab has asked the backend');
    assert.equal(new Set(tokens).size, 1, `${new Set(tokens).size} different tokens`);
    assert.ok(tokens[0] && tokens[0] !== token);
    assert.equal(stage.refreshesAtProvider() - refreshesBefore, 1);
    for (const tab of tabs) assert.equal((await tab.session('oidc-short-lived')).status, 'signed-in');
});

test('ten tabs that are loaded anew at once: one refresh at the provider at most, all signed in', async (t) => {
    const context = await browser.fresh(t);
    const { app } = await signIn(context);
    const tabs = [app, ...(await openTabs(context, 9))];
    const refreshesBefore = stage.refreshesAtProvider();
    await Promise.all(tabs.map((tab) => tab.reload()));
    const tokens = await Promise.all(tabs.map((tab) => tab.silentToken('oidc')));
    assert.ok(!tokens.includes(''), 'a tab was signed out');
    assert.ok(stage.refreshesAtProvider() - refreshesBefore <= 1);
});

test('a sign-out in one tab is seen in the others', async (t) => {
    const context = await browser.fresh(t);
    const { app } = await signIn(context);
    const others = await openTabs(context, 2);
    for (const tab of others) assert.ok(await tab.silentToken('oidc'));
    assert.equal((await app.call('oidc', 'signOut')).error, undefined);
    for (const tab of [app, ...others]) {
        await tab.untilSession('oidc', 'signed-out');
        assert.equal(await tab.silentToken('oidc'), '');
    }
});

test('more scopes asked for in one tab are known in the other', async (t) => {
    const context = await browser.fresh(t);
    const { app } = await signIn(context);
    const second = await SdkPage.open(stage, context);
    await second.silentToken('oidc');
    const { popup, outcome } = await app.askWithPopup('oidc', 'reports:read');
    await popup.getByRole('button', { name: 'Continue' }).click();
    const { value } = await outcome;
    await second.page.waitForFunction(() =>
        (window.sdkTest.snapshot('oidc') as { scopes?: string[] }).scopes?.includes('reports:read'),
    );
    assert.equal(await second.token('oidc', 'reports:read', { optional: true }), value);
});
