// What follows a login: silent sign-in, refreshes, sign-out, and a provider that is away or has ended the
// session.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import type { AppPage } from '../harness/appPage';
import { logInAndConsent } from '../harness/person';
import { Stage } from '../harness/stage';

let stage: Stage;
before(async () => {
    stage = await Stage.start();
});
after(() => stage?.stop());

async function signIn(app: AppPage, login = 'oidc'): Promise<string> {
    const { popup, outcome } = await app.askForToken(login);
    await logInAndConsent(popup);
    const { value, error } = await outcome;
    assert.ok(value, error?.message);
    return value;
}

/** The cookie of the session; there is none after a sign-out. */
async function sessionCookies(context: BrowserContext) {
    const cookies = await context.cookies(`${stage.authUrl}/oidc/refresh`);
    return cookies.filter(({ name }) => name.startsWith('oidc-refresh-token'));
}

function tokenRequests(grantType: string) {
    return stage.providers.oidc
        .requestsTo('token')
        .filter(({ parameters }) => parameters.grant_type === grantType);
}

test('a reload signs in silently, with a token of its own', async (t) => {
    const app = await stage.openApp(t);
    const first = await signIn(app);
    await app.reload();
    const second = await app.silentToken('oidc');
    assert.ok(second);
    assert.notEqual(second, first);
    assert.equal(app.requestsTo('/oidc/refresh').length, 2, 'one before the login, one after the reload');
    assert.equal(app.page.context().pages().length, 1);
});

test('the session cookie is out of reach of scripts and holds no token in clear', async (t) => {
    const app = await stage.openApp(t);
    const token = await signIn(app);
    const [cookie, ...others] = await sessionCookies(app.page.context());
    assert.deepEqual(others, []);
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Lax');
    assert.equal(cookie.path, '/api/auth/oidc');
    assert.equal(await app.page.evaluate(() => document.cookie), '');

    await app.reload();
    await app.silentToken('oidc');
    const refreshToken = tokenRequests('refresh_token').at(-1)?.parameters.refresh_token as string;
    assert.ok(refreshToken);
    assert.ok(!decodeURIComponent(cookie.value).includes(refreshToken));
    assert.ok(!decodeURIComponent(cookie.value).includes(token));
    assert.ok(!stage.backend.output.includes(refreshToken), 'the log has a refresh token');
    assert.ok(!stage.backend.output.includes(token), 'the log has an access token');
});

test('five reloads in a row are one call of the provider, and all get its answer', async (t) => {
    const app = await stage.openApp(t);
    const first = await signIn(app);
    const before = tokenRequests('refresh_token').length;
    const tokens = new Set<string>();
    for (let reload = 0; reload < 5; reload++) {
        await app.reload();
        tokens.add(await app.silentToken('oidc'));
    }
    assert.equal(tokens.size, 1);
    assert.ok(!tokens.has('') && !tokens.has(first));
    assert.equal(tokenRequests('refresh_token').length, before + 1);
});

test('six tabs that wake up together all get a token, and the session lives on', async (t) => {
    const context = await stage.newContext(t);
    const first = await stage.openApp(t, { context });
    await signIn(first);
    const tabs = await Promise.all(Array.from({ length: 5 }, () => stage.openApp(t, { context })));
    await Promise.all([first.reload(), ...tabs.map((tab) => tab.reload())]);
    const tokens = await Promise.all([first, ...tabs].map((tab) => tab.silentToken('oidc')));
    assert.ok(!tokens.includes(''), 'a tab was signed out');

    await first.reload();
    assert.ok(await first.silentToken('oidc'), 'the session has ended');
});

test('ten callers whose token is about to expire share one request', async (t) => {
    const app = await stage.openApp(t);
    const first = await signIn(app, 'oidc-short-lived');
    const requestsBefore = app.requestsTo('/oidc/refresh').length;
    const tokens = await Promise.all(Array.from({ length: 10 }, () => app.accessToken('oidc-short-lived')));
    assert.equal(new Set(tokens).size, 1);
    assert.ok(tokens[0] && tokens[0] !== first);
    assert.equal(app.requestsTo('/oidc/refresh').length - requestsBefore, 1);
});

test('sign-out: revoked at the provider, forgotten here, and no reload brings it back', async (t) => {
    const app = await stage.openApp(t);
    const token = await signIn(app);
    const revocationsBefore = stage.providers.oidc.requestsTo('revocation').length;
    const logoutAnswer = app.nextAnswer('/oidc/logout');
    await app.row('oidc').getByRole('button', { name: 'Sign out' }).click();
    assert.equal((await logoutAnswer).status(), 200);
    await app.row('oidc').getByText('signed out').waitFor();

    const [revocation, ...more] = stage.providers.oidc.requestsTo('revocation').slice(revocationsBefore);
    assert.equal(revocation?.status, 200, 'the provider was not asked to revoke');
    assert.equal(revocation.authorization, 'Basic');
    assert.deepEqual(more, []);
    const userinfo = await fetch(`${stage.providers.oidc.issuer}/me`, {
        headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(userinfo.status, 401, 'the grant still lives at the provider');
    assert.deepEqual(await sessionCookies(app.page.context()), []);

    await app.reload();
    const refreshAnswer = app.nextAnswer('/oidc/refresh');
    assert.equal(await app.silentToken('oidc'), '');
    assert.equal((await refreshAnswer).status(), 401);
    assert.deepEqual(await app.page.evaluate(() => window.stagedoorTest.sessionStates.oidc), ['SignedOut']);
});

test('after a sign-out another user can log in', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app);
    await app.call('oidc', 'signOut');
    await app.page.context().clearCookies({ domain: '127.0.0.1' }); // the provider forgets this browser
    const { popup, outcome } = await app.askForToken('oidc');
    await logInAndConsent(popup, 'grace');
    assert.ok((await outcome).value);
    const { value } = await app.call('oidc', 'getProfile');
    assert.equal(JSON.parse(value!).email, 'grace@example.com');
});

test('a provider that is away: 503 with Retry-After, a session that is kept and works later', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app);
    await stage.providers.oidc.goDown();
    t.after(() => stage.providers.oidc.comeBack());
    await app.reload();
    const answer = app.nextAnswer('/oidc/refresh');
    assert.equal(await app.silentToken('oidc'), '');
    assert.equal((await answer).status(), 503);
    assert.match((await answer).headers()['retry-after'] ?? '', /^\d+$/);
    assert.equal((await sessionCookies(app.page.context())).length, 1);

    await stage.providers.oidc.comeBack();
    await app.reload();
    assert.ok(await app.silentToken('oidc'));
});

test('a session that the provider has ended: 401, the cookie is removed, a login is offered', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app);
    await stage.providers.oidc.revokeAllGrants();
    await app.reload();
    const answer = app.nextAnswer('/oidc/refresh');
    assert.equal(await app.silentToken('oidc'), '');
    assert.equal((await answer).status(), 401);
    assert.deepEqual(await sessionCookies(app.page.context()), []);
    assert.ok(await signInAgain(app));
});

/** With the session that the browser still has at the provider: no login, only consent. */
async function signInAgain(app: AppPage): Promise<string | undefined> {
    const { popup, outcome } = await app.askForToken('oidc');
    await popup.getByRole('button', { name: 'Continue' }).click();
    return (await outcome).value;
}
