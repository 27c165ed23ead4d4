// GitHub, played by a stand-in that holds every request against GitHub's documentation: once as an OAuth app,
// whose tokens stay valid until they are revoked, and once as a GitHub App, whose tokens expire and are
// renewed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppPage } from '../harness/appPage';
import { allow, deny } from '../harness/person';
import { Stage } from '../harness/stage';
import { githubUser, type GithubStandIn } from '../providers/github';

let stage: Stage;
let oauthApp: GithubStandIn;
let githubApp: GithubStandIn;
before(async () => {
    stage = await Stage.start();
    ({ githubOAuthApp: oauthApp, githubApp } = stage.providers);
});
after(() => stage?.stop());

async function signIn(app: AppPage, login: string, scope?: string): Promise<string> {
    const { popup, outcome } = await app.askForToken(login, scope);
    await allow(popup);
    const { value, error } = await outcome;
    assert.ok(value, error?.message);
    return value;
}

const profile = { displayName: githubUser.name, email: githubUser.email, picture: githubUser.avatar_url };

test('OAuth app: first token and profile', async (t) => {
    const app = await stage.openApp(t);
    assert.match(await signIn(app, 'github'), /^gho_/);
    assert.deepEqual(JSON.parse((await app.call('github', 'getProfile')).value!), profile);
    assert.deepEqual(oauthApp.violations, []);
});

test('OAuth app: a reload finds the same token, checked at GitHub', async (t) => {
    const app = await stage.openApp(t);
    const token = await signIn(app, 'github');
    const profileReads = oauthApp.requestsTo('/user').length;
    const exchanges = oauthApp.requestsTo('/login/oauth/access_token').length;
    await app.reload();
    assert.equal(await app.silentToken('github'), token);
    assert.equal(oauthApp.requestsTo('/user').length, profileReads + 1);
    assert.equal(oauthApp.requestsTo('/login/oauth/access_token').length, exchanges);
    assert.deepEqual(oauthApp.violations, []);
});

test('OAuth app: more scopes take a second login, and the token has all of them', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app, 'github');
    const token = await signIn(app, 'github', 'repo');
    assert.deepEqual(
        oauthApp.requestsTo('/login/oauth/authorize').at(-1)?.query.get('scope')?.split(' ').sort(),
        ['read:user', 'repo'],
    );
    const requestsBefore = app.requests.length;
    assert.equal(await app.accessToken('github', ['repo', 'read:user']), token);
    assert.equal(app.requests.length, requestsBefore);
    assert.deepEqual(oauthApp.violations, []);
});

test('OAuth app: access that the user took back ends the session', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app, 'github');
    oauthApp.revokeEverything();
    await app.reload();
    const answer = app.nextAnswer('/github/refresh');
    assert.equal(await app.silentToken('github'), '');
    assert.equal((await answer).status(), 401);
});

test('OAuth app: sign-out', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app, 'github');
    assert.equal((await app.call('github', 'signOut')).error, undefined);
    await app.reload();
    assert.equal(await app.silentToken('github'), '');
    assert.deepEqual(oauthApp.violations, []);
});

test('a refused access is told as such', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askWithInstantPopup('github');
    await deny(popup);
    assert.match(
        (await outcome).error!.message,
        /^Authentication rejected, .*The user has denied your application/,
    );
    assert.deepEqual(oauthApp.violations, []);
});

test('GitHub App: first token and profile, although GitHub names no scope', async (t) => {
    const app = await stage.openApp(t);
    assert.match(await signIn(app, 'github-app'), /^ghu_/);
    assert.deepEqual(JSON.parse((await app.call('github-app', 'getProfile')).value!), profile);
    assert.deepEqual(githubApp.violations, []);
});

test('GitHub App: access that the user took back ends the session', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app, 'github-app');
    githubApp.revokeEverything();
    await app.reload();
    const answer = app.nextAnswer('/github/refresh');
    assert.equal(await app.silentToken('github-app'), '');
    assert.equal((await answer).status(), 401);
});
