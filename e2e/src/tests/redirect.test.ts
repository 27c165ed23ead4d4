// Logging in without a popup: the app with `enableExperimentalRedirectFlow` leaves the page and comes back to
// it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppPage } from '../harness/appPage';
import { logIn, logInAndConsent, refuse } from '../harness/person';
import { Stage } from '../harness/stage';

let stage: Stage;
before(async () => {
    stage = await Stage.start();
});
after(() => stage?.stop());

/** The address of the app, with something in it that has to survive the way out and back. */
const path = '/redirect?team=a%26b';

/** Presses the button of a login and the one of the dialog, which takes the tab to the provider. */
async function leaveForLogin(app: AppPage, login: string): Promise<void> {
    await app.row(login).getByRole('button', { name: 'Get a token' }).click();
    await app.page.getByRole('button', { name: 'Log in' }).click();
}

test('the tab goes to the provider and comes back to where it was, signed in', async (t) => {
    const app = await stage.openApp(t, { path });
    await leaveForLogin(app, 'oidc');
    await logInAndConsent(app.page);
    await app.page.waitForURL(`${stage.addresses.appOrigin}${path}`);
    await app.untilReady();
    assert.ok(await app.silentToken('oidc'));
    assert.equal(app.page.context().pages().length, 1);
});

test('a refused consent comes back as `error` in the address', async (t) => {
    const app = await stage.openApp(t, { path });
    await leaveForLogin(app, 'oidc');
    await logIn(app.page);
    await refuse(app.page);
    await app.page.waitForURL((url) => url.origin === stage.addresses.appOrigin);
    const url = new URL(app.page.url());
    assert.match(
        url.searchParams.get('error') ?? '',
        /^Authentication rejected, .*End-User aborted interaction/,
    );
    assert.equal(url.searchParams.get('team'), 'a&b');
    await app.untilReady();
    assert.equal(await app.silentToken('oidc'), '');
});

test('an app that sends its user to log in over and over is stopped by a page that explains', async (t) => {
    const app = await stage.openApp(t, { path });
    await leaveForLogin(app, 'oidc');
    await logInAndConsent(app.page);
    await app.page.waitForURL(`${stage.addresses.appOrigin}${path}`);

    // A session that never works: every page load finds itself signed out and goes to log in again. The
    // provider knows the user by now and asks nothing.
    let logins = 0;
    app.page.on('request', (request) => {
        if (request.isNavigationRequest() && request.url().includes('/oidc/start')) logins++;
    });
    await app.page.context().route('**/oidc/refresh?*', (route) => route.abort());
    await app.page.addInitScript(() => {
        const logIn = () => {
            const api = window.stagedoorTest?.apis['oidc-no-refresh'];
            if (api) void api.getAccessToken(undefined, { instantPopup: true });
            else requestAnimationFrame(logIn);
        };
        if (location.pathname === '/redirect') requestAnimationFrame(logIn);
    });
    await app.page.goto(`${stage.addresses.appOrigin}${path}`, { waitUntil: 'commit' });
    await consentOnce(app);

    await app.page.waitForFunction(
        (origin) => location.origin === origin && document.body?.innerText.trim() !== '',
        stage.addresses.backendOrigin,
    );
    const text = await app.page.locator('body').innerText();
    assert.match(text, /log(ged|ging|in)?\b.*(again|times|repeat|loop)/is);
    assert.match(await app.page.evaluate(() => document.contentType), /^text\/html$/);
    assert.ok(logins >= 3 && logins <= 10, `stopped after ${logins} logins`);
    const stopped = logins;
    await app.page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    assert.equal(logins, stopped, 'the page itself goes on with the loop');
});

/** The first time that this client asks, the provider wants the user's consent. */
async function consentOnce(app: AppPage): Promise<void> {
    await app.page.getByRole('button', { name: 'Continue' }).click();
}
