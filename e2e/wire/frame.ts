// `/{provider}/handler/frame`: the page that hands the result to the app, or the redirect back to it.

import assert from 'node:assert/strict';
import { authorizationResponse, messagesOf } from './resultPage';
import { wireUser } from './scriptedProvider';
import { wireTest, type Target } from './target';

export function frameTests(target: () => Target): void {
    wireTest('the result page posts who it is for to all, and the result to the app alone', async () => {
        const { finished } = await target().login(target().newClient(), { query: { scope: 'reports:read' } });
        assert.equal(finished.status, 200);
        assert.match(finished.headers['content-type'], /^text\/html\b/);
        assert.match(finished.headers['x-frame-options'], /^sameorigin$/i);
        const [first, second, ...more] = messagesOf(finished);
        const { appOrigin } = target();
        assert.deepEqual(first, {
            targetOrigin: '*',
            data: { type: 'config_info', targetOrigin: appOrigin },
        });
        assert.equal(second.targetOrigin, appOrigin);
        assert.deepEqual(more, []);

        const { type, response, ...rest } = second.data;
        assert.equal(type, 'authorization_response');
        assert.deepEqual(rest, {});
        assert.deepEqual(Object.keys(response).sort(), ['profile', 'providerInfo']);
        assert.deepEqual(response.profile, { displayName: wireUser.name, email: wireUser.email });
        const { accessToken, idToken, scope, expiresInSeconds, ...others } = response.providerInfo;
        assert.match(accessToken, /^access-/);
        assert.match(idToken, /^eyJ/);
        assert.deepEqual(scope.split(' ').sort(), ['email', 'openid', 'profile', 'reports:read']);
        assert.equal(expiresInSeconds, 3600);
        assert.deepEqual(others, {});
    });

    wireTest('no refresh token is on the page', async () => {
        const { finished } = await target().login(target().newClient());
        assert.doesNotMatch(
            decodeURIComponent(finished.text.replace(/%(?![0-9a-f]{2})/gi, '%25')),
            /refresh-[\w-]{20}/,
        );
    });

    wireTest('a plain OAuth 2.0 provider: the same message', async () => {
        const { finished } = await target().login(target().newClient(), {
            provider: 'oauth2',
            query: { scope: 'a b' },
        });
        const { data, targetOrigin } = authorizationResponse(finished);
        assert.equal(targetOrigin, target().appOrigin);
        assert.match(data.response.providerInfo.accessToken, /^access-/);
        assert.equal(data.response.providerInfo.scope, 'a b');
    });

    wireTest('without an origin the result is for app.baseUrl', async () => {
        const client = target().newClient();
        const started = await client.send(`${target().base}/oidc/start?env=development&flow=popup`);
        const finished = await client.send(await target().atProvider(started.headers.location));
        assert.equal(authorizationResponse(finished).targetOrigin, target().appOrigin);
    });

    wireTest('an error of the provider is posted to the app', async () => {
        const cases: [string, RegExp][] = [
            ['access_denied', /^Authentication rejected, .*the user said no/],
            ['temporarily_unavailable', /^Authentication failed, .*the user said no/],
        ];
        for (const [error, message] of cases) {
            const script = { authorization: { error, error_description: 'the user said no' } };
            const { finished } = await target().login(target().newClient(), { provider: 'oauth2', script });
            assert.equal(finished.status, 200);
            const { data, targetOrigin } = authorizationResponse(finished);
            assert.equal(targetOrigin, target().appOrigin);
            assert.deepEqual(Object.keys(data).sort(), ['error', 'type']);
            assert.match(data.error.message, message);
            assert.equal(typeof data.error.name, 'string');
        }
    });

    wireTest('an error of the token endpoint is posted to the app', async () => {
        const body = { error: 'invalid_client', error_description: 'who are you?' };
        const script = { token: () => ({ status: 401, body }) };
        const { finished } = await target().login(target().newClient(), { provider: 'oauth2', script });
        assert.match(authorizationResponse(finished).data.error.message, /who are you\?/);
        assert.deepEqual(
            finished.setCookies.filter(({ name }) => name.includes('refresh-token')),
            [],
        );
    });

    wireTest('a login without the cookie of its start gives no result', async () => {
        const client = target().newClient();
        const started = await client.send(target().startUrl('oidc'));
        client.forgetCookies();
        const finished = await client.send(await target().atProvider(started.headers.location));
        const results = finished.text.includes('<script')
            ? messagesOf(finished).filter(({ data }) => data.response)
            : [];
        assert.deepEqual(results, []);
    });

    wireTest('the redirect flow leads back to where the app asked for', async () => {
        const redirectUrl = `${target().appOrigin}/catalog?filter=a%26b#top`;
        const query = { flow: 'redirect', redirectUrl };
        const client = target().newClient();
        const { finished } = await target().login(client, { query });
        assert.equal(finished.status, 302);
        assert.equal(finished.headers.location, redirectUrl);
        assert.equal((await target().ask(client, 'oidc/refresh?env=development')).status, 200);
    });

    wireTest('an error in the redirect flow is told in the address', async () => {
        const query = { flow: 'redirect', redirectUrl: `${target().appOrigin}/catalog?filter=a%26b` };
        const script = {
            authorization: { error: 'access_denied', error_description: 'the user said "no" & left' },
        };
        const { finished } = await target().login(target().newClient(), {
            provider: 'oauth2',
            query,
            script,
        });
        assert.equal(finished.status, 302);
        const location = new URL(finished.headers.location);
        assert.equal(location.origin + location.pathname, `${target().appOrigin}/catalog`);
        assert.equal(location.searchParams.get('filter'), 'a&b');
        assert.match(
            location.searchParams.get('error')!,
            /^Authentication rejected, .*the user said "no" & left/,
        );
    });

    wireTest('state and code may come by POST, the state in the address', async () => {
        const client = target().newClient();
        const started = await client.send(target().startUrl('oauth2'));
        const back = new URL(await target().atProvider(started.headers.location));
        const body = new URLSearchParams({ code: back.searchParams.get('code')! });
        back.searchParams.delete('code');
        const finished = await client.send(back.href, { method: 'POST', body });
        assert.match(authorizationResponse(finished).data.response.providerInfo.accessToken, /^access-/);
    });
}
