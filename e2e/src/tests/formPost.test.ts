// A provider that sends its answer by a form: a POST from another site, which carries only cookies that are
// made for it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logIn, logInAndConsent, refuse } from '../harness/person';
import { Stage } from '../harness/stage';

let stage: Stage;
before(async () => {
    stage = await Stage.start({ https: true, responseMode: 'form_post' });
});
after(() => stage?.stop());

test('login through the popup, and silent sign-in after a reload', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oidc');
    const answer = popup.waitForRequest((request) => request.url().includes('/oidc/handler/frame'));
    await logInAndConsent(popup);
    assert.equal((await answer).method(), 'POST');
    assert.equal(new URL((await answer).url()).search, '');
    const { value, error } = await outcome;
    assert.ok(value, error?.message);
    assert.equal(
        stage.providers.oidc.requestsTo('authorization').at(-1)?.parameters.response_mode,
        'form_post',
    );

    await app.reload();
    assert.ok(await app.silentToken('oidc'));
});

test('a refused consent is told as such', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askWithInstantPopup('oidc');
    await logIn(popup);
    await refuse(popup);
    assert.match((await outcome).error!.message, /^Authentication rejected, .*End-User aborted interaction/);
});

test('redirect flow', async (t) => {
    const app = await stage.openApp(t, { path: '/redirect' });
    await app.row('oidc').getByRole('button', { name: 'Get a token' }).click();
    await app.page.getByRole('button', { name: 'Log in' }).click();
    await logInAndConsent(app.page);
    await app.page.waitForURL(`${stage.addresses.appOrigin}/redirect`);
    await app.untilReady();
    assert.ok(await app.silentToken('oidc'));
});
