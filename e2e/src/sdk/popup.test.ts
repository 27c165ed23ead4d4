// What can become of a popup besides a login.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { logIn, logInAndConsent, refuse } from '../harness/person';
import { Contexts } from './harness/contexts';
import { SdkPage } from './harness/sdkPage';
import { SdkStage } from './harness/sdkStage';
import type { Coop } from './harness/testPages';

/** How long a user who closed the popup may have to wait for the app to notice, in milliseconds. */
const noticed = 2000;

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

for (const coop of ['none', 'same-origin-allow-popups'] as Coop[]) {
    test(`a popup that the user closes is told within two seconds, COOP of the app: ${coop}`, async (t) => {
        const context = await browser.fresh(t);
        await context.clock.install();
        const app = await SdkPage.open(stage, context, { coop });
        const { popup, outcome } = await app.askWithPopup('oidc');
        await lookAt(popup, app);
        const closedAt = await app.page.evaluate(() => performance.now());
        await popup.close();
        const { error, at } = await outcome;
        assert.equal(error?.code, 'popup_closed', error?.message);
        assert.ok(at - closedAt < noticed, `it took ${at - closedAt} ms`);
        assert.equal((await app.session('oidc')).status, 'signed-out');
    });
}

// The browser says nothing of a popup that a policy has cut off, so its end can't be seen. It is in nobody's way.
test('a popup that is closed behind an opener policy does not stop the next one', async (t) => {
    const app = await SdkPage.open(stage, await browser.fresh(t), { coop: 'same-origin' });
    const first = await app.askWithPopup('oidc');
    await first.popup.getByRole('button', { name: 'Sign-in' }).waitFor();
    await first.popup.close();
    const second = await app.askWithPopup('oidc');
    await logInAndConsent(second.popup);
    const { value, error } = await second.outcome;
    assert.ok(value, error?.message);
});

test('after a closed popup the next one logs in', async (t) => {
    const context = await browser.fresh(t);
    await context.clock.install();
    const app = await SdkPage.open(stage, context);
    const first = await app.askWithPopup('oidc');
    await lookAt(first.popup, app);
    await first.popup.close();
    await first.outcome;
    const second = await app.askWithPopup('oidc');
    await logInAndConsent(second.popup);
    const { value, error } = await second.outcome;
    assert.ok(value, error?.message);
});

for (const coop of ['none', 'same-origin'] as Coop[]) {
    test(`a refused consent is told as such, COOP of the app: ${coop}`, async (t) => {
        const app = await SdkPage.open(stage, await browser.fresh(t), { coop });
        const { popup, outcome } = await app.askWithPopup('oidc');
        await logIn(popup);
        await refuse(popup);
        const { error } = await outcome;
        assert.equal(error?.code, 'denied', error?.message);
        assert.equal(error.retryable, false);
        assert.equal(await app.silentToken('oidc'), '');
    });
}

test('without a session an optional token is none, and nothing opens', async (t) => {
    const context = await browser.fresh(t);
    const app = await SdkPage.open(stage, context);
    assert.equal(await app.silentToken('oidc'), '');
    assert.equal(context.pages().length, 1);
    assert.equal(await app.page.getByRole('dialog').count(), 0);
});

test('a popup that the browser blocks becomes a button in the dialog, and that one logs in', async (t) => {
    const app = await SdkPage.open(stage, await browser.fresh(t));
    await blockPopups(app);
    const call = await app.click('oidc', 'getAccessToken', undefined, { instantPopup: true });
    const dialog = app.page.getByRole('dialog');
    await dialog.getByText('The browser blocked the window of Acme Identity').waitFor();
    await allowPopups(app);
    const opened = app.page.context().waitForEvent('page');
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await logInAndConsent(await opened);
    const { value, error } = await app.outcome(call);
    assert.ok(value, `${error?.code}: ${error?.message}`);
});

test('a popup that stays blocked becomes the redirect flow, where the app wants that', async (t) => {
    const app = await SdkPage.open(stage, await browser.fresh(t), { blockedFallback: 'redirect' });
    await blockPopups(app);
    await app.click('oidc', 'getAccessToken', undefined, { instantPopup: true });
    await app.page.getByRole('dialog').getByRole('button', { name: 'Log in' }).click();
    await logInAndConsent(app.page);
    await app.untilReady();
    assert.ok(await app.silentToken('oidc'));
});

test('the redirect flow comes back to the page with a session', async (t) => {
    const app = await SdkPage.open(stage, await browser.fresh(t), { flow: 'redirect' });
    await app.click('oidc', 'signIn', { instantPopup: true });
    await logInAndConsent(app.page);
    await app.untilReady();
    assert.ok(app.page.url().startsWith(stage.addresses.appOrigin));
    assert.ok(await app.silentToken('oidc'));
});

test('two APIs that are asked at once stand in one dialog, and one login each serves them', async (t) => {
    const app = await SdkPage.open(stage, await browser.fresh(t));
    const calls = [await app.begin('oidc', 'getAccessToken'), await app.begin('github', 'getAccessToken')];
    const dialog = app.page.getByRole('dialog');
    await dialog.getByText('Acme Identity').first().waitFor();
    await dialog.getByText('GitHub').first().waitFor();
    for (const number of [2, 1]) {
        const logins = dialog.getByRole('button', { name: /^log in/i });
        await logins.nth(number - 1).waitFor();
        const opened = app.page.context().waitForEvent('page');
        await logins.first().click();
        const popup = await opened;
        await popup.getByRole('button', { name: /^(Sign-in|Allow)$/ }).waitFor();
        if (await popup.getByRole('button', { name: 'Allow' }).isVisible())
            await popup.getByRole('button', { name: 'Allow' }).click();
        else await logInAndConsent(popup);
    }
    for (const call of calls) assert.ok((await app.outcome(call)).value);
    await dialog.waitFor({ state: 'hidden' });
});

test('all are rejected by one button, and no popup opens', async (t) => {
    const context = await browser.fresh(t);
    const app = await SdkPage.open(stage, context);
    const calls = [await app.begin('oidc', 'getAccessToken'), await app.begin('github', 'getAccessToken')];
    await app.page.getByRole('dialog').getByRole('button', { name: /reject all/i }).click();
    for (const call of calls) assert.equal((await app.outcome(call)).error?.code, 'rejected');
    assert.equal(context.pages().length, 1);
});

/**
 * What a person does before closing a popup. One that is gone within 300 ms looks to the SDK like one that an opener policy has
 * cut off.
 */
async function lookAt(popup: Page, app: SdkPage): Promise<void> {
    await popup.getByRole('button', { name: 'Sign-in' }).waitFor();
    await app.page.clock.runFor(1000);
}

/** As a browser that blocks popups does it: `window.open` returns null. */
async function blockPopups(app: SdkPage): Promise<void> {
    await app.page.evaluate(() => {
        const { open } = window;
        Object.assign(window, { realOpen: open, open: () => null });
    });
}

async function allowPopups(app: SdkPage): Promise<void> {
    await app.page.evaluate(() => Object.assign(window, { open: (window as any).realOpen }));
}
