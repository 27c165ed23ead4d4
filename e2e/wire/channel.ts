// `/{provider}/flow`: the result of a popup login by a channel, where no message can pass between the windows.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { WireAnswer, WireClient } from './client';
import { kept } from './cookies';
import { authorizationResponse } from './resultPage';
import { wireClient } from './scriptedProvider';
import { deliberateDifference, deliberateDifferenceWith, type Target } from './target';

const absent = 'has no such endpoint';

function newChannel(): string {
    return randomBytes(16).toString('base64url');
}

function flowPath(channel: string, more = ''): string {
    return `oidc/flow?env=development&channel=${channel}${more}`;
}

function codeOf(answer: WireAnswer): string {
    return answer.json().error.code;
}

async function statusOf(target: Target, client: WireClient, channel: string): Promise<string> {
    const answer = await target.ask(client, flowPath(channel));
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['cache-control'], /no-store/);
    return answer.json().status;
}

export function channelTests(target: () => Target): void {
    deliberateDifference('a result is fetched once, by the browser that ran the flow', absent, async () => {
        const client = target().newClient();
        const channel = newChannel();
        assert.equal(await statusOf(target(), client, channel), 'gone');
        const started = await client.send(target().startUrl('oidc', { channel }));
        assert.equal(await statusOf(target(), client, channel), 'pending');
        const finished = await client.send(await target().atProvider(started.headers.location));

        const stranger = target().newClient();
        assert.equal(await statusOf(target(), stranger, channel), 'gone');
        const answer = await target().ask(client, flowPath(channel));
        assert.equal(answer.headers['access-control-allow-origin'], target().appOrigin);
        assert.equal(answer.headers['access-control-allow-credentials'], 'true');
        const { status, message, ...others } = answer.json();
        assert.equal(status, 'done');
        assert.deepEqual(message, authorizationResponse(finished).data);
        assert.deepEqual(others, {});
        assert.deepEqual(client.cookieNames(`${target().base}/oidc/flow`), ['oidc-refresh-token']);
        assert.equal(await statusOf(target(), client, channel), 'gone');
    });

    deliberateDifference('whoever prepared a link waits for nothing', absent, async () => {
        const channel = newChannel();
        const sender = target().newClient();
        const own = await sender.send(target().startUrl('oidc', { channel }));
        assert.equal(own.status, 302);
        const victim = target().newClient();
        const { finished } = await target().login(victim, { query: { channel } });
        authorizationResponse(finished);
        assert.equal(await statusOf(target(), sender, channel), 'pending');
        assert.equal(await statusOf(target(), victim, channel), 'done');
        assert.equal(await statusOf(target(), sender, channel), 'pending');
    });

    deliberateDifference('an answer is held back until the result comes', absent, async () => {
        const client = target().newClient();
        const channel = newChannel();
        const started = await client.send(target().startUrl('oidc', { channel }));
        const waiting = target().ask(client, flowPath(channel, '&wait=20'));
        const finished = await client.send(await target().atProvider(started.headers.location));
        const { status, message } = (await waiting).json();
        assert.equal(status, 'done');
        assert.deepEqual(message, authorizationResponse(finished).data);
    });

    deliberateDifference('a failed login is told with its code', absent, async () => {
        const client = target().newClient();
        const channel = newChannel();
        const script = { authorization: { error: 'access_denied', error_description: 'no' } };
        await target().login(client, { query: { channel }, script });
        const { status, message } = (await target().ask(client, flowPath(channel))).json();
        assert.equal(status, 'done');
        assert.equal(message.error.code, 'authorization.denied');
    });

    deliberateDifference('only a script of the page that asked is told', absent, async () => {
        const client = target().newClient();
        const channel = newChannel();
        await target().login(client, { query: { channel } });
        const headers = { origin: target().appOrigin };
        const bare = await target().ask(client, flowPath(channel), { headers });
        assert.equal(codeOf(bare), 'request.requested_with_missing');
        const foreign = { 'x-requested-with': 'XMLHttpRequest', origin: 'https://kittens.example.com' };
        const refused = await target().ask(client, flowPath(channel), { headers: foreign });
        assert.equal(codeOf(refused), 'request.origin_not_allowed');
        assert.equal(refused.headers['access-control-allow-origin'], undefined);
        const short = await target().ask(client, flowPath('short'));
        assert.equal(codeOf(short), 'request.channel_invalid');
        assert.equal(await statusOf(target(), client, channel), 'done');
    });

    deliberateDifference('what is left of a login is a marker of two minutes', absent, async () => {
        const { started, finished } = await target().login(target().newClient(), {
            query: { channel: newChannel() },
        });
        const [flow] = kept(started.setCookies);
        const marker = kept(finished.setCookies).find(({ name }) => name === flow.name);
        assert.ok(marker, 'the cookie of the flow is not replaced');
        const { 'max-age': age, expires, ...attributes } = marker.attributes;
        const { 'max-age': formerAge, expires: formerExpiry, ...former } = flow.attributes;
        assert.deepEqual([age, formerAge], ['120', '600']);
        assert.notEqual(expires, formerExpiry);
        assert.deepEqual(attributes, former);
    });

    deliberateDifferenceWith(
        'an account is asked for in place of the configured prompt',
        'ignores it',
        {
            auth: (provider) => ({
                providers: {
                    oidc: { development: { ...wireClient, metadataUrl: provider, prompt: 'login' } },
                },
            }),
        },
        async (own) => {
            const promptOf = async (query: Record<string, string>) => {
                const started = await own.newClient().send(own.startUrl('oidc', query));
                return new URL(started.headers.location).searchParams.getAll('prompt');
            };
            assert.deepEqual(await promptOf({ selectAccount: 'true' }), ['select_account']);
            assert.deepEqual(await promptOf({}), ['login']);
        },
    );
}
