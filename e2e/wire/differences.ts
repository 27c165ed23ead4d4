// Where we differ from a stock backend on purpose: safer, or more exact, and invisible to an unmodified
// frontend.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { kept } from './cookies';
import { authorizationResponse, messagesOf } from './resultPage';
import { errorOf } from './routing';
import { loggedIn } from './session';
import { wireClient } from './scriptedProvider';
import { deliberateDifference, deliberateDifferenceWith, type Target } from './target';

export function differenceTests(target: () => Target): void {
    loginDifferences(target);
    refreshDifferences(target);
    otherDifferences(target);
}

function loginDifferences(target: () => Target): void {
    deliberateDifference('the state tells nothing', 'writes it in clear', async () => {
        const started = await target()
            .newClient()
            .send(target().startUrl('oidc', { scope: 'reports:read' }));
        const state = new URL(started.headers.location).searchParams.get('state')!;
        for (const encoding of ['hex', 'base64url'] as const) {
            const text = Buffer.from(state, encoding).toString('latin1');
            assert.doesNotMatch(text, /env=|origin|reports|development/);
        }
    });

    deliberateDifference(
        'a changed state ends at a page for nobody',
        'posts an error to the app',
        async () => {
            const client = target().newClient();
            const started = await client.send(target().startUrl('oidc'));
            const back = new URL(await target().atProvider(started.headers.location));
            const state = back.searchParams.get('state')!;
            const changed = state.slice(0, -1) + (state.endsWith('0') ? '1' : '0');
            back.searchParams.set('state', changed);
            const finished = await client.send(back.href);
            assert.equal(finished.status, 403);
            assert.match(finished.headers['content-type'], /^text\/html\b/);
            assert.deepEqual(messagesOf(finished), []);
        },
    );

    deliberateDifference('the message of a failure has a code', 'names only the error', async () => {
        const script = { authorization: { error: 'access_denied', error_description: 'no' } };
        const { finished } = await target().login(target().newClient(), { script });
        const { name, message, code, ...others } = authorizationResponse(finished).data.error;
        assert.deepEqual([typeof name, typeof message], ['string', 'string']);
        assert.equal(code, 'authorization.denied');
        assert.deepEqual(others, {});
    });

    deliberateDifference('a made-up state redirects nowhere', 'follows its redirectUrl', async () => {
        const forged = new URLSearchParams({
            nonce: 'x',
            env: 'development',
            origin: target().appOrigin,
            redirectUrl: 'https://kittens.example.com/',
            flow: 'redirect',
        });
        const state = Buffer.from(forged.toString()).toString('hex');
        const answer = await target().newClient().send(`${target().base}/oidc/handler/frame?state=${state}`);
        assert.equal(answer.headers.location, undefined);
        assert.equal(answer.status, 403);
    });

    deliberateDifference('a return address elsewhere is refused at start', 'accepts any', async () => {
        for (const redirectUrl of [
            'https://kittens.example.com/',
            'javascript:alert(1)',
            '//kittens.example.com',
        ]) {
            const answer = await target()
                .newClient()
                .send(target().startUrl('oidc', { flow: 'redirect', redirectUrl }));
            assert.ok(answer.status === 403 || answer.status === 400, `${redirectUrl}: ${answer.status}`);
            assert.deepEqual(answer.setCookies, []);
        }
    });

    deliberateDifference('an answer of the provider is taken once', 'asks the provider again', async () => {
        const client = target().newClient();
        const { back, finished } = await target().login(client);
        authorizationResponse(finished);
        const exchanges = target().provider.requestsTo('/token').length;
        const again = await client.send(back);
        assert.equal(again.status, 403);
        assert.deepEqual(messagesOf(again), []);
        assert.equal(target().provider.requestsTo('/token').length, exchanges);
    });

    deliberateDifference(
        'logins that overlap do not disturb each other',
        'keeps the last one only',
        async () => {
            const client = target().newClient();
            const starts = [];
            for (let login = 0; login < 3; login++)
                starts.push(await client.send(target().startUrl('oauth2')));
            for (const { headers } of starts) {
                const finished = await client.send(await target().atProvider(headers.location));
                assert.match(
                    authorizationResponse(finished).data.response.providerInfo.accessToken,
                    /^access-/,
                );
            }
        },
    );

    deliberateDifference('at most eight logins are open at a time', 'keeps the last one only', async () => {
        const client = target().newClient();
        for (let login = 0; login < 12; login++) await client.send(target().startUrl('oidc'));
        assert.equal(client.cookieNames(`${target().base}/oidc/handler/frame`).length, 8);
    });

    deliberateDifference('start has no ear for code and error', 'takes them for an answer', async () => {
        for (const [name, value] of [
            ['code', 'x'],
            ['error', 'access_denied'],
        ]) {
            const answer = await target()
                .newClient()
                .send(target().startUrl('oauth2', { [name]: value }));
            assert.equal(answer.status, 302, answer.text);
            const location = new URL(answer.headers.location);
            assert.equal(location.origin, target().provider.origin);
        }
    });

    deliberateDifference('plain OAuth 2.0 has PKCE too', 'sends none', async () => {
        const started = await target().newClient().send(target().startUrl('oauth2'));
        const parameters = new URL(started.headers.location).searchParams;
        assert.equal(parameters.get('code_challenge_method'), 'S256');
    });

    deliberateDifference('pages with tokens are stored nowhere', 'names no cache policy', async () => {
        const { finished } = await target().login(target().newClient());
        assert.match(finished.headers['cache-control'], /\bno-store\b/);
        assert.equal(finished.headers['referrer-policy'], 'no-referrer');
    });

    deliberateDifference('omitted scopes are the ones asked for', 'reports none', async () => {
        const script = {
            token: (_form: URLSearchParams, { scope: _omitted, ...usual }: Record<string, unknown>) => ({
                body: usual,
            }),
        };
        const query = { scope: 'a b' };
        const { finished } = await target().login(target().newClient(), {
            provider: 'oauth2',
            query,
            script,
        });
        assert.equal(authorizationResponse(finished).data.response.providerInfo.scope, 'a b');
    });

    deliberateDifference(
        'granted scopes are reported, not those asked for',
        'reports what was asked for',
        async () => {
            const script = {
                token: (_form: URLSearchParams, usual: Record<string, unknown>) => ({
                    body: { ...usual, scope: 'openid' },
                }),
            };
            const { finished } = await target().login(target().newClient(), {
                query: { scope: 'reports:read' },
                script,
            });
            assert.equal(authorizationResponse(finished).data.response.providerInfo.scope, 'openid');
        },
    );

    deliberateDifference(
        'a lifetime is a number whatever the provider writes',
        'passes a text on',
        async () => {
            const token = (_form: URLSearchParams, usual: Record<string, unknown>) => ({
                headers: { 'content-type': 'application/x-www-form-urlencoded' },
                body: new URLSearchParams(usual as Record<string, string>).toString(),
            });
            const { finished } = await target().login(target().newClient(), {
                provider: 'oauth2',
                script: { token },
            });
            assert.equal(authorizationResponse(finished).data.response.providerInfo.expiresInSeconds, 3600);
        },
    );

    deliberateDifference(
        'a login without a refresh token ends the session before it',
        'keeps it',
        async () => {
            const client = await loggedIn(target());
            const script = {
                token: (
                    _form: URLSearchParams,
                    { refresh_token: _none, ...usual }: Record<string, unknown>,
                ) => ({ body: usual }),
            };
            const { finished } = await target().login(client, { script });
            assert.match(authorizationResponse(finished).data.response.providerInfo.accessToken, /^access-/);
            errorOf(await target().ask(client, 'oidc/refresh?env=development'), 401);
        },
    );
}

function refreshDifferences(target: () => Target): void {
    deliberateDifference(
        'the session cookie holds no token in clear',
        'holds the refresh token',
        async () => {
            const { finished } = await target().login(target().newClient());
            const [cookie] = kept(finished.setCookies).filter(({ name }) => name === 'oidc-refresh-token');
            assert.doesNotMatch(decodeURIComponent(cookie.value), /refresh-/);
        },
    );

    deliberateDifference('a refresh from a foreign page is 403', 'does not look', async () => {
        const client = await loggedIn(target());
        const foreign: Record<string, string>[] = [
            { origin: 'https://kittens.example.com' },
            { origin: 'null' },
            { 'sec-fetch-site': 'cross-site' },
        ];
        for (const from of foreign) {
            const headers = { 'x-requested-with': 'XMLHttpRequest', ...from };
            errorOf(await target().ask(client, 'oidc/refresh?env=development', { headers }), 403);
        }
    });

    deliberateDifference('answers with tokens are stored nowhere', 'names no cache policy', async () => {
        const answer = await target().ask(await loggedIn(target()), 'oidc/refresh?env=development');
        assert.match(answer.headers['cache-control'], /\bno-store\b/);
    });

    for (const [failure, answer] of [
        ['unavailable', { status: 503, body: 'try later' }],
        ['broken', { status: 500, body: 'oops' }],
    ] as const) {
        deliberateDifference(`a provider that is ${failure} ends no session`, 'answers 401', async () => {
            const client = await loggedIn(target());
            target().provider.script = { token: () => answer };
            const refused = await target().ask(client, 'oidc/refresh?env=development');
            assert.equal(errorOf(refused, 503).name, 'ServiceUnavailableError');
            assert.match(refused.headers['retry-after'], /^\d+$/);
            assert.deepEqual(refused.setCookies, []);
            target().provider.script = {};
            assert.equal((await target().ask(client, 'oidc/refresh?env=development')).status, 200);
        });
    }

    deliberateDifferenceWith(
        'a provider that asks for patience is left alone, and ends no session',
        'answers 401',
        {},
        async (own) => {
            const client = await loggedIn(own);
            const answer = { status: 429, body: 'slow down', headers: { 'retry-after': '2' } };
            own.provider.script = { token: () => answer };
            const askedAt = performance.now();
            const refused = await own.ask(client, 'oidc/refresh?env=development');
            assert.equal(errorOf(refused, 503).name, 'ServiceUnavailableError');
            assert.equal(refused.headers['retry-after'], '2');
            assert.deepEqual(refused.setCookies, []);
            own.provider.script = {};
            const asked = own.provider.requestsTo('/token').length;
            let again = await own.ask(client, 'oidc/refresh?env=development');
            while (again.status !== 200) {
                assert.equal(errorOf(again, 503).name, 'ServiceUnavailableError');
                assert.match(again.headers['retry-after'], /^[12]$/);
                await pause(50);
                again = await own.ask(client, 'oidc/refresh?env=development');
            }
            assert.ok(performance.now() >= askedAt + 2000, 'it was asked before its time');
            assert.equal(own.provider.requestsTo('/token').length, asked + 1);
        },
    );

    deliberateDifference('invalid_grant ends the session, in its own words', 'keeps the cookie', async () => {
        const client = await loggedIn(target());
        const body = { error: 'invalid_grant', error_description: 'the session has ended' };
        target().provider.script = { token: () => ({ status: 400, body }) };
        const answer = await target().ask(client, 'oidc/refresh?env=development');
        assert.match(errorOf(answer, 401).message, /^Refresh failed; caused by .*the session has ended/);
        assert.ok(!client.cookieNames(`${target().base}/oidc/refresh`).includes('oidc-refresh-token'));
    });

    deliberateDifference('a scope that a refresh did not grant is not reported', 'reports it', async () => {
        const client = await loggedIn(target());
        const answer = await target().ask(client, 'oidc/refresh?env=development&scope=reports%3Aread');
        assert.doesNotMatch(answer.json().providerInfo.scope, /reports:read/);
    });

    deliberateDifference('refreshes at the same time are one at the provider', 'sends each', async () => {
        const client = await loggedIn(target());
        const { provider } = target();
        const before = provider.requestsTo('/token').length;
        const answers = await Promise.all(
            Array.from({ length: 5 }, () => target().ask(client, 'oidc/refresh?env=development')),
        );
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
        assert.equal(new Set(answers.map((answer) => answer.json().providerInfo.accessToken)).size, 1);
        assert.equal(provider.requestsTo('/token').length, before + 1);
    });
}

function otherDifferences(target: () => Target): void {
    deliberateDifference(
        'caches are told that answers vary by origin',
        'says so for patterns only',
        async () => {
            const { headers } = await target().ask(target().newClient(), 'oidc/refresh?env=development');
            assert.match(headers.vary, /\bOrigin\b/i);
        },
    );

    deliberateDifference('a failed revocation is no failed logout', 'answers with an error', async () => {
        const client = await loggedIn(target());
        target().provider.script = { revocation: { status: 500, body: 'oops' } };
        const answer = await target().ask(client, 'oidc/logout?env=development', { method: 'POST' });
        target().provider.script = {};
        assert.deepEqual([answer.status, answer.text], [200, '']);
        assert.ok(!client.cookieNames(`${target().base}/oidc/refresh`).includes('oidc-refresh-token'));
    });

    deliberateDifferenceWith(
        'the announcement of the origin can be switched off',
        'always announces it',
        { auth: () => ({ popup: { announceOrigin: false } }) },
        async (own) => {
            const { finished } = await own.login(own.newClient());
            const [message, ...more] = messagesOf(finished);
            assert.equal(message.data.type, 'authorization_response');
            assert.equal(message.targetOrigin, own.appOrigin);
            assert.deepEqual(more, []);
        },
    );

    const backendOrigin = 'https://auth.example.com';
    const callbackUrl = `${backendOrigin}/some/where/else`;
    deliberateDifferenceWith(
        'a callback URL of any path works',
        'sets its cookie for another path',
        {
            addresses: { appOrigin: 'https://app.example.com', backendOrigin },
            auth: (provider) => ({
                providers: { oidc: { development: { ...wireClient, metadataUrl: provider, callbackUrl } } },
            }),
        },
        async (own) => {
            const client = own.newClient();
            const { back, finished } = await own.login(client);
            assert.ok(back.startsWith(`${callbackUrl}?`));
            assert.match(authorizationResponse(finished).data.response.providerInfo.accessToken, /^access-/);
            const refreshed = await own.ask(client, 'oidc/refresh?env=development');
            assert.equal(refreshed.status, 200);
        },
    );
}
