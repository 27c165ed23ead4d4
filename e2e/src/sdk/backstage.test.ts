// Backstage's OAuth2, as published, with the connector of the SDK: its utility APIs stay, the popup and the shared
// refresh are those of the SDK.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { logInAndConsent } from '../harness/person';
import { Contexts } from './harness/contexts';
import { SdkPage } from './harness/sdkPage';
import { SdkStage } from './harness/sdkStage';
import type { Coop } from './harness/testPages';

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

async function signIn(context: BrowserContext, coop: Coop = 'none'): Promise<{ app: SdkPage; token: string }> {
    const app = await SdkPage.open(stage, context, { page: 'backstage', coop });
    const { popup, outcome } = await app.askWithPopup('oidc');
    await logInAndConsent(popup);
    const { value, error } = await outcome;
    assert.ok(value, error?.message);
    return { app, token: value as string };
}

for (const coop of ['none', 'same-origin'] as Coop[]) {
    test(`OAuth2.create({authConnector}): token, ID token and profile, COOP of the app: ${coop}`, async (t) => {
        const { app } = await signIn(await browser.fresh(t), coop);
        const { value: idToken } = await app.call('oidc', 'getIdToken');
        assert.match(String(idToken), /^ey[\w-]+\.[\w-]+\.[\w-]+$/);
        const { value: profile } = await app.call('oidc', 'getProfile');
        assert.equal((profile as { email: string }).email, 'ada@example.com');
        assert.deepEqual((await app.call('states', 'all')).value, ['SignedOut', 'SignedIn']);
    });
}

test('a request without a popup at once stands in the dialog of the SDK', async (t) => {
    const app = await SdkPage.open(stage, await browser.fresh(t), { page: 'backstage' });
    const call = await app.begin('oidc', 'getAccessToken');
    const opened = app.page.context().waitForEvent('page');
    await app.page.getByRole('dialog').getByRole('button', { name: /^log in/i }).click();
    await logInAndConsent(await opened);
    assert.ok((await app.outcome(call)).value);
});

test('a second Backstage tab signs in without a refresh at the provider', async (t) => {
    const context = await browser.fresh(t);
    const { token } = await signIn(context);
    const before = stage.refreshesAtProvider();
    const second = await SdkPage.open(stage, context, { page: 'backstage' });
    assert.equal(await second.silentToken('oidc'), token);
    assert.equal(stage.refreshesAtProvider(), before);
});

test('sign-out ends the session at the backend', async (t) => {
    const { app } = await signIn(await browser.fresh(t));
    assert.equal((await app.call('oidc', 'signOut')).error, undefined);
    await app.reload();
    assert.equal(await app.silentToken('oidc'), '');
});
