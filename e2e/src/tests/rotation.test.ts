// Refresh tokens that rotate, with a backend that gives no answer twice: each reload is a call of the provider.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allow, logInAndConsent } from '../harness/person';
import { Stage } from '../harness/stage';

let stage: Stage;
before(async () => {
    stage = await Stage.start({ session: { replayWindow: '1ms' } });
});
after(() => stage?.stop());

test('five reloads in a row, each with the newest refresh token', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('oidc');
    await logInAndConsent(popup);
    const tokens = new Set([(await outcome).value]);
    for (let reload = 0; reload < 5; reload++) {
        await app.reload();
        tokens.add(await app.silentToken('oidc'));
    }
    assert.equal(tokens.size, 6);
    assert.ok(!tokens.has('') && !tokens.has(undefined));
    const used = stage.providers.oidc
        .requestsTo('token')
        .filter(({ parameters }) => parameters.grant_type === 'refresh_token')
        .map(({ parameters }) => parameters.refresh_token);
    assert.equal(used.length, 5);
    assert.equal(new Set(used).size, used.length, 'a refresh token was used twice');
});

test('GitHub App: reloads renew the token, each with the newest refresh token', async (t) => {
    const { githubApp } = stage.providers;
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askForToken('github-app');
    await allow(popup);
    const tokens = new Set([(await outcome).value]);
    for (let reload = 0; reload < 3; reload++) {
        await app.reload();
        tokens.add(await app.silentToken('github-app'));
    }
    assert.equal(tokens.size, 4);
    assert.ok(!tokens.has('') && !tokens.has(undefined));
    assert.deepEqual(githubApp.violations, []);
});
