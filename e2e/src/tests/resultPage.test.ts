// The page that ends a login, where there is nobody to hand the result to.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { logInAndConsent } from '../harness/person';
import { Stage } from '../harness/stage';

let stage: Stage;
before(async () => {
    stage = await Stage.start();
});
after(() => stage?.stop());

async function openInPlainTab(page: Page, more: Record<string, string> = {}): Promise<void> {
    const { appOrigin } = stage.addresses;
    const query = new URLSearchParams({
        scope: 'openid offline_access',
        origin: appOrigin,
        flow: 'popup',
        env: 'development',
        ...more,
    });
    await page.goto(`${stage.authUrl}/oidc/start?${query}`);
}

test('a login in a plain tab ends with a message and a close button, and shows no secret', async (t) => {
    const page = await (await stage.newContext(t)).newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
        const isOurs = message.location().url.startsWith(stage.authUrl);
        if (isOurs && message.type() === 'error') problems.push(message.text());
    });
    await openInPlainTab(page);
    const answered = page.waitForResponse((response) => response.url().includes('/oidc/handler/frame'));
    await logInAndConsent(page);
    await page.getByRole('button', { name: /close/i }).waitFor();
    const text = await page.locator('body').innerText();
    assert.match(text, /\w+ \w+ \w+/, 'no message to read');

    const token = stage.providers.oidc.requestsTo('userinfo').at(-1)?.authorization;
    assert.equal(token, 'Bearer');
    assert.doesNotMatch(text, /accessToken|idToken|eyJ/);
    const headers = (await answered).headers();
    assert.match(headers['content-type'], /^text\/html/);
    assert.match(headers['content-security-policy'], /script-src 'sha256-[A-Za-z0-9+/]+=*'/);
    assert.match(headers['cache-control'], /no-store/);
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.deepEqual(problems, []);
});

test('the result page opened a second time is an error that says what to do', async (t) => {
    const page = await (await stage.newContext(t)).newPage();
    await openInPlainTab(page);
    await logInAndConsent(page);
    await page.getByRole('button', { name: /close/i }).waitFor();
    const answer = await page.reload();
    assert.match(answer!.headers()['content-type'], /^text\/html/);
    assert.doesNotMatch(await page.content(), /accessToken/);
    assert.match(await page.locator('body').innerText(), /\w+ \w+ \w+/);
});

test('a page that has named a channel is told all the same', async (t) => {
    const context = await stage.newContext(t);
    const channel = randomBytes(16).toString('base64url');
    const listener = await context.newPage();
    await listener.goto(`${new URL(stage.authUrl).origin}/.backstage/health/v1/liveness`);
    const heard = listener.evaluate(
        (name) =>
            new Promise<any>((resolve) => {
                new BroadcastChannel(name).onmessage = ({ data }) => resolve(data);
            }),
        `stagedoor:${channel}`,
    );
    const app = await stage.openApp(t, { context });
    const waiting = app.page.evaluate(fetchResult, `${stage.authUrl}/oidc/flow?env=development&channel=${channel}`);

    const page = await context.newPage();
    await openInPlainTab(page, { channel });
    await logInAndConsent(page);
    const { status, message } = await waiting;
    assert.equal(status, 'done');
    assert.equal(message.type, 'authorization_response');
    assert.match(message.response.providerInfo.accessToken, /./);
    assert.deepEqual(await heard, message);
    assert.equal(await page.getByRole('button', { name: /close/i }).count(), 0);
    await page.getByText('You can close this window').waitFor();
});

/** Runs in the page: asks until the login has come to its end. */
async function fetchResult(url: string): Promise<any> {
    let answer = { status: 'gone' };
    while (answer.status !== 'done') {
        const response = await fetch(`${url}&wait=20`, {
            headers: { 'X-Requested-With': 'XMLHttpRequest' },
            credentials: 'include',
        });
        answer = await response.json();
    }
    return answer;
}
