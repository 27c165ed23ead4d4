// Google, played by a stand-in that holds every request against Google's documentation.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { AppPage } from '../harness/appPage';
import { allow, deny } from '../harness/person';
import { Stage } from '../harness/stage';
import { googleUser, type GoogleStandIn } from '../providers/google';

let stage: Stage;
let google: GoogleStandIn;
before(async () => {
    stage = await Stage.start();
    google = stage.providers.google;
});
after(() => stage?.stop());

async function signIn(app: AppPage, scope?: string): Promise<string> {
    const { popup, outcome } = await app.askForToken('google', scope);
    await allow(popup);
    const { value, error } = await outcome;
    assert.ok(value, error?.message);
    return value;
}

test('first token, profile and ID token', async (t) => {
    const app = await stage.openApp(t);
    assert.match(await signIn(app), /^ya29\./);
    const { value: profile } = await app.call('google', 'getProfile');
    assert.deepEqual(JSON.parse(profile!), {
        displayName: googleUser.name,
        email: googleUser.email,
        picture: googleUser.picture,
    });
    const { value: idToken } = await app.call('google', 'getIdToken');
    await jwtVerify(idToken!, createRemoteJWKSet(new URL(google.endpoints.jwks)), {
        issuer: google.endpoints.issuer,
        audience: 'google-client',
        subject: googleUser.sub,
    });
    assert.deepEqual(google.violations, []);
});

test('a scope by its short name, added to those that are there', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app);
    const requestsBefore = google.requestsTo('/o/oauth2/v2/auth').length;
    const withCalendar = await signIn(app, 'calendar.readonly');
    const asked = google.requestsTo('/o/oauth2/v2/auth').slice(requestsBefore);
    assert.equal(asked.length, 1);
    const scope = asked[0].query.get('scope')!.split(' ');
    assert.ok(scope.includes('https://www.googleapis.com/auth/calendar.readonly'));
    assert.equal(await app.accessToken('google', ['calendar.readonly', 'profile']), withCalendar);
    assert.deepEqual(google.violations, []);
});

test('a reload signs in silently', async (t) => {
    const app = await stage.openApp(t);
    const first = await signIn(app);
    await app.reload();
    const second = await app.silentToken('google');
    assert.match(second, /^ya29\./);
    assert.notEqual(second, first);
    assert.deepEqual(google.violations, []);
});

test('sign-out revokes the token at Google', async (t) => {
    const app = await stage.openApp(t);
    await signIn(app);
    const revokedBefore = google.revoked.length;
    await app.call('google', 'signOut');
    assert.equal(google.revoked.length, revokedBefore + 1);
    await app.reload();
    assert.equal(await app.silentToken('google'), '');
    assert.deepEqual(google.violations, []);
});

test('a refused consent is told as such', async (t) => {
    const app = await stage.openApp(t);
    const { popup, outcome } = await app.askWithInstantPopup('google');
    await deny(popup);
    assert.match((await outcome).error!.message, /^Authentication rejected, /);
    assert.deepEqual(google.violations, []);
});
