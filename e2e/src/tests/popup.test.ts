// Logging in through the popup with an OpenID provider.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { allow, consent, logIn, logInAndConsent, refuse } from '../harness/person';
import { Stage } from '../harness/stage';

let stage: Stage;
before(async () => {
    stage = await Stage.start();
});
after(() => stage?.stop());

test('first token: a button, the dialog, the popup, login and consent, a token', async (t) => {
    const app = await stage.openApp(t);
    await app.row('oidc').getByRole('button', { name: 'Get a token' }).click();
    const popup = await app.pressLogIn();
    await logInAndConsent(popup);

    const output = app.row('oidc').getByRole('status');
    await output.filter({ hasText: /\S/ }).waitFor();
    const token = await output.textContent();
    const userinfo = await fetch(`${stage.providers.oidc.issuer}/me`, {
        headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(userinfo.status, 200, `the provider does not know the token: ${token}`);
    assert.equal((await userinfo.json()).sub, 'ada');
    assert.deepEqual(await app.page.evaluate(() => window.stagedoorTest.sessionStates.oidc), [
        'SignedOut',
        'SignedIn',
    ]);
    await app.page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('the popup closes by itself', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oidc');
    const closed = popup.waitForEvent('close');
    await logInAndConsent(popup);
    await closed;
    assert.ok((await outcome).value);
});

test('a token that still lives is handed out again without a request', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oidc');
    await logInAndConsent(popup);
    const { value: first } = await outcome;
    const requestsBefore = app.requests.length;
    assert.equal(await app.accessToken('oidc'), first);
    assert.equal(await app.accessToken('oidc', 'email'), first);
    assert.equal(app.requests.length, requestsBefore);
});

test('the profile is that of the provider', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oidc');
    await logInAndConsent(popup, 'grace');
    await outcome;
    const { value } = await app.call('oidc', 'getProfile');
    assert.deepEqual(JSON.parse(value!), {
        displayName: 'grace Example',
        email: 'grace@example.com',
        picture: 'https://pictures.example.com/grace.png',
    });
});

test('the ID token is signed by the provider, for this client and user', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oidc');
    await logInAndConsent(popup, 'grace');
    await outcome;
    const { value: idToken } = await app.call('oidc', 'getIdToken');
    const { issuer } = stage.providers.oidc;
    const { payload } = await jwtVerify(idToken!, createRemoteJWKSet(new URL(`${issuer}/jwks`)), {
        issuer,
        audience: 'app',
        algorithms: ['RS256'],
        subject: 'grace',
    });
    assert.ok(payload.exp);
});

test('more scopes: a second consent without a login, then all scopes in one token', async (t) => {
    const app = await stage.openApp(t);
    const first = await app.askForToken('oidc');
    await logInAndConsent(first.popup);
    await first.outcome;

    const second = await app.askForToken('oidc', 'reports:read');
    await second.popup.getByText('reports:read').first().waitFor();
    await consent(second.popup);
    const { value: token } = await second.outcome;

    const granted = stage.providers.oidc.requestsTo('authorization').at(-1)?.parameters.scope as string;
    const expected = ['email', 'offline_access', 'openid', 'profile', 'reports:read'];
    assert.deepEqual([...new Set(granted.split(' '))].sort(), expected);
    const requestsBefore = app.requests.length;
    assert.equal(await app.accessToken('oidc', ['reports:read', 'email']), token);
    assert.equal(
        app.requests.length,
        requestsBefore,
        'the second token does not cover the scopes of the first',
    );
});

test('more scopes survive a reload', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oidc', 'reports:read');
    await logInAndConsent(popup);
    await outcome;
    await app.reload();
    assert.ok(await app.accessToken('oidc', 'reports:read', { optional: true }));
});

test('a popup closed by the user is said to be closed, and the dialog offers another try', async (t) => {
    const app = await stage.openApp(t);
    const first = await app.askForToken('oidc');
    await first.popup.getByRole('button', { name: 'Sign-in' }).waitFor();
    await first.popup.close();
    await app.page.getByRole('dialog').getByText('Login failed, popup was closed').waitFor();

    await logInAndConsent(await app.pressLogIn());
    assert.ok((await first.outcome).value);
});

test('a popup closed by the user is a PopupClosedError to who asked for it at once', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askWithInstantPopup('oidc');
    await popup.getByRole('button', { name: 'Sign-in' }).waitFor();
    await popup.close();
    assert.deepEqual((await outcome).error, {
        name: 'PopupClosedError',
        message: 'Login failed, popup was closed',
    });
});

test('a refused consent is told as such, and leaves no session', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askWithInstantPopup('oidc');
    await logIn(popup);
    await refuse(popup);
    const { error } = await outcome;
    assert.match(error!.message, /^Authentication rejected, .*End-User aborted interaction/);
    assert.equal(await app.silentToken('oidc'), '');
});

test('a rejected dialog opens no popup', async (t) => {
    const app = await stage.openApp(t);
    const outcome = app.call('oidc', 'getAccessToken');
    await app.page.getByRole('button', { name: 'Reject All' }).click();
    assert.equal((await outcome).error?.name, 'RejectedError');
    assert.equal(app.page.context().pages().length, 1);
});

test('ten callers at once share one popup and one token', async (t) => {
    const app = await stage.openApp(t);
    const outcomes = Array.from({ length: 10 }, () => app.call('oidc', 'getAccessToken'));
    await logInAndConsent(await app.pressLogIn());
    const tokens = (await Promise.all(outcomes)).map(({ value }) => value);
    assert.ok(tokens[0]);
    assert.deepEqual(new Set(tokens), new Set([tokens[0]]));
});

test('two logins at two providers at the same time', async (t) => {
    const app = await stage.openApp(t);
    const oidc = await app.askWithInstantPopup('oidc');
    const google = await app.askWithInstantPopup('google');
    await logIn(oidc.popup);
    await allow(google.popup);
    assert.match((await google.outcome).value!, /^ya29\./);
    await consent(oidc.popup);
    assert.ok((await oidc.outcome).value);
});

test('two logins at one provider at the same time, in two tabs', async (t) => {
    const context = await stage.newContext(t);
    const [first, second] = [await stage.openApp(t, { context }), await stage.openApp(t, { context })];
    const early = await first.askWithInstantPopup('oidc');
    const late = await second.askWithInstantPopup('oidc');
    await logInAndConsent(early.popup, 'ada');
    assert.ok((await early.outcome).value);
    await logInAndConsent(late.popup, 'ada');
    assert.ok((await late.outcome).value);
});

test('a plain OAuth 2.0 provider: a token, and silently another one after a reload', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oauth2');
    await logInAndConsent(popup);
    assert.ok((await outcome).value);
    await app.reload();
    assert.ok(await app.silentToken('oauth2'));
});
