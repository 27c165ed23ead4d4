// `/{provider}/refresh` and `/{provider}/logout`.

import assert from 'node:assert/strict';
import type { WireClient } from './client';
import { kept } from './cookies';
import { errorOf } from './routing';
import { wireUser } from './scriptedProvider';
import { wireTest, type Target } from './target';

export async function loggedIn(
    target: Target,
    provider: 'oidc' | 'oauth2' = 'oidc',
    scope = '',
): Promise<WireClient> {
    const client = target.newClient();
    const { finished } = await target.login(client, { provider, query: { scope } });
    assert.equal(finished.status, 200, finished.text);
    return client;
}

export function sessionTests(target: () => Target): void {
    wireTest('refresh answers with a new token, without an envelope', async () => {
        for (const method of ['GET', 'POST']) {
            const client = await loggedIn(target());
            const answer = await target().ask(client, 'oidc/refresh?optional&scope=&env=development', {
                method,
            });
            assert.equal(answer.status, 200, answer.text);
            assert.match(answer.headers['content-type'], /^application\/json\b/);
            assert.equal(answer.headers['access-control-allow-origin'], target().appOrigin);
            const { profile, providerInfo, ...others } = answer.json();
            assert.deepEqual(others, {});
            assert.deepEqual(profile, { displayName: wireUser.name, email: wireUser.email });
            assert.match(providerInfo.accessToken, /^access-/);
            assert.match(providerInfo.idToken, /^eyJ/);
            assert.deepEqual(providerInfo.scope.split(' ').sort(), ['email', 'openid', 'profile']);
            // Counted from when the provider answered.
            assert.ok(Number.isInteger(providerInfo.expiresInSeconds));
            assert.ok(providerInfo.expiresInSeconds > 3500 && providerInfo.expiresInSeconds <= 3600);
            assert.equal(Object.keys(providerInfo).length, 4, 'more members than these four');
        }
    });

    wireTest('a rotated refresh token is the one of the next refresh', async () => {
        const client = await loggedIn(target());
        // Other scopes each time: what was answered before cannot be the answer.
        for (const scope of ['', 'email', 'profile']) {
            const answer = await target().ask(client, `oidc/refresh?env=development&scope=${scope}`);
            assert.equal(answer.status, 200);
            const names = kept(answer.setCookies).map(({ name }) => name);
            assert.ok(names.includes('oidc-refresh-token'), `'${scope}' sets ${names.join(', ')}`);
        }
        const used = target()
            .provider.requestsTo('/token')
            .slice(-3)
            .map(({ form }) => form.get('refresh_token'));
        assert.equal(new Set(used).size, 3);
    });

    wireTest('refresh without its header is 401', async () => {
        const client = await loggedIn(target());
        const path = 'oidc/refresh?env=development';
        const wrong: Record<string, string>[] = [
            {},
            { 'x-requested-with': 'xmlhttprequest' },
            { 'x-requested-with': 'fetch' },
        ];
        for (const headers of wrong) {
            const { name, message } = errorOf(await target().ask(client, path, { headers }), 401);
            assert.deepEqual([name, message], ['AuthenticationError', 'Invalid X-Requested-With header']);
        }
    });

    wireTest('refresh without a session is 401', async () => {
        const answer = await target().ask(
            target().newClient(),
            'oidc/refresh?optional&scope=&env=development',
        );
        const { name, message } = errorOf(answer, 401);
        const expected = 'Refresh failed; caused by InputError: Missing session cookie';
        assert.deepEqual([name, message], ['AuthenticationError', expected]);
        assert.deepEqual(kept(answer.setCookies), []);
    });

    wireTest('a refresh that the provider refuses is 401', async () => {
        const client = await loggedIn(target());
        const body = { error: 'invalid_grant', error_description: 'the session has ended' };
        target().provider.script = { token: () => ({ status: 400, body }) };
        const { name, message } = errorOf(await target().ask(client, 'oidc/refresh?env=development'), 401);
        assert.equal(name, 'AuthenticationError');
        assert.match(message, /^Refresh failed; caused by /);
    });

    wireTest('a session belongs to one provider', async () => {
        const client = await loggedIn(target(), 'oidc');
        errorOf(await target().ask(client, 'oauth2/refresh?env=development'), 401);
    });

    wireTest('logout removes the session', async () => {
        const client = await loggedIn(target());
        const answer = await target().ask(client, 'oidc/logout?env=development', { method: 'POST' });
        assert.deepEqual([answer.status, answer.text], [200, '']);
        assert.deepEqual(kept(answer.setCookies), []);
        assert.ok(!client.cookieNames(`${target().base}/oidc/refresh`).includes('oidc-refresh-token'));
        errorOf(await target().ask(client, 'oidc/refresh?env=development'), 401);
    });

    wireTest('logout revokes the refresh token at the provider, with the client authenticated', async () => {
        const client = await loggedIn(target());
        const before = target().provider.requestsTo('/revoke').length;
        await target().ask(client, 'oidc/logout?env=development', { method: 'POST' });
        const [revocation, ...more] = target().provider.requestsTo('/revoke').slice(before);
        assert.match(revocation.form.get('token')!, /^refresh-/);
        assert.match(revocation.headers.authorization ?? '', /^Basic /);
        assert.deepEqual(more, []);
    });

    wireTest('logout without a session is 200 and changes no cookie', async () => {
        const answer = await target().ask(target().newClient(), 'oidc/logout?env=development', {
            method: 'POST',
        });
        assert.equal(answer.status, 200);
        assert.deepEqual(answer.setCookies, []);
    });

    wireTest('logout without its header is 401, and from a foreign page 403', async () => {
        const client = await loggedIn(target());
        const path = 'oidc/logout?env=development';
        const send = (headers: Record<string, string>) =>
            target().ask(client, path, { method: 'POST', headers });
        assert.equal(errorOf(await send({}), 401).message, 'Invalid X-Requested-With header');
        const origin = 'https://kittens.example.com';
        const { name, message } = errorOf(await send({ origin, 'x-requested-with': 'XMLHttpRequest' }), 403);
        assert.deepEqual([name, message], ['NotAllowedError', `Origin '${origin}' is not allowed`]);
        assert.equal((await target().ask(client, 'oidc/refresh?env=development')).status, 200);
    });

    wireTest('the client secret is form-encoded before it goes into Basic', async () => {
        await loggedIn(target());
        const { authorization } = target().provider.requestsTo('/token').at(-1)!.headers;
        const encoded = Buffer.from(authorization!.replace('Basic ', ''), 'base64').toString();
        assert.match(encoded, /^wire:the(\+|%20)secret(\+|%20)of(\+|%20)wire$/);
    });
}
