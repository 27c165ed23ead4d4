// `GET /{provider}/start`: the way to the provider.

import assert from 'node:assert/strict';
import { errorOf } from './routing';
import { wireTest, wireTestWith, type Target } from './target';
import { wireClient } from './scriptedProvider';

export function startTests(target: () => Target): void {
    const start = (query: Record<string, string> = {}, provider = 'oidc') =>
        target().newClient().send(target().startUrl(provider, query));
    const locationOf = async (query: Record<string, string> = {}, provider = 'oidc') =>
        new URL((await start(query, provider)).headers.location);

    wireTest('start sends the browser to the provider', async () => {
        const answer = await start({ scope: 'openid email' });
        assert.equal(answer.status, 302);
        assert.equal(answer.headers['content-length'], '0');
        const location = new URL(answer.headers.location);
        assert.equal(location.origin + location.pathname, `${target().provider.origin}/authorize`);
        assert.equal(location.searchParams.get('client_id'), wireClient.clientId);
        assert.equal(location.searchParams.get('response_type'), 'code');
        assert.equal(location.searchParams.get('redirect_uri'), `${target().base}/oidc/handler/frame`);
        assert.ok(location.searchParams.get('state'));
        assert.ok(location.searchParams.get('nonce'));
        assert.match(location.searchParams.get('code_challenge')!, /^[A-Za-z0-9_-]{43}$/);
        assert.equal(location.searchParams.get('code_challenge_method'), 'S256');
        assert.equal(location.searchParams.get('prompt'), null);
    });

    wireTest('no two logins share a state or a nonce', async () => {
        const [first, second] = [await locationOf(), await locationOf()];
        for (const name of ['state', 'nonce', 'code_challenge']) {
            assert.notEqual(first.searchParams.get(name), second.searchParams.get(name), name);
        }
    });

    wireTest(
        'scopes come apart at white space, | and commas, and those of the provider are added',
        async () => {
            const scope = (
                await locationOf({ scope: 'reports:read|reports:write,email\n calendar  email' })
            ).searchParams
                .get('scope')!
                .split(' ');
            const expected = ['calendar', 'email', 'openid', 'profile', 'reports:read', 'reports:write'];
            assert.deepEqual(scope.sort(), expected);
        },
    );

    wireTest('without scopes, those of the provider are asked for', async () => {
        assert.deepEqual((await locationOf()).searchParams.get('scope')!.split(' ').sort(), [
            'email',
            'openid',
            'profile',
        ]);
        assert.equal((await locationOf({}, 'oauth2')).searchParams.get('scope') ?? '', '');
    });

    wireTest('the query of a configured authorization endpoint is kept', async () => {
        assert.equal((await locationOf({}, 'oauth2')).searchParams.get('kept'), 'yes');
    });

    wireTest('parameters that start does not know are no obstacle', async () => {
        assert.equal((await start({ color: 'blue', prompt: 'login' })).status, 302);
    });

    wireTest('an origin that is none is 400', async () => {
        const { name, message } = errorOf(await start({ origin: 'not a URL' }), 400);
        assert.deepEqual([name, message], ['InputError', 'App origin is invalid, failed to parse']);
    });

    wireTest('an origin that is not allowed is 403', async () => {
        const { name, message } = errorOf(await start({ origin: 'https://kittens.example.com' }), 403);
        assert.deepEqual(
            [name, message],
            ['NotAllowedError', "Origin 'https://kittens.example.com' is not allowed"],
        );
    });

    wireTest('an origin is taken from whatever URL is given', async () => {
        assert.equal((await start({ origin: `${target().appOrigin}/some/page?x=y` })).status, 302);
    });

    const patterns = ['https://*.preview.example.com', 'http://127.0.0.1:*', '*'];
    wireTestWith(
        'patterns of further origins: * crosses dots and colons, but is no wildcard for all',
        { auth: () => ({ experimentalExtraAllowedOrigins: patterns }) },
        async (own) => {
            const statusFor = async (origin: string) =>
                (await own.newClient().send(own.startUrl('oidc', { origin }))).status;
            assert.equal(await statusFor('https://pr-1.preview.example.com'), 302);
            assert.equal(await statusFor('https://a.b.preview.example.com'), 302);
            assert.equal(await statusFor('https://PR-1.preview.example.com'), 302);
            assert.equal(await statusFor('http://127.0.0.1:8080'), 302);
            assert.equal(await statusFor('http://127.0.0.1'), 403);
            assert.equal(await statusFor('https://preview.example.com'), 403);
            assert.equal(await statusFor('http://pr-1.preview.example.com'), 403);
            assert.equal(await statusFor('https://pr-1.preview.example.com.evil.example'), 403);
            assert.equal(await statusFor('https://other.example.org'), 403);
        },
    );
}
