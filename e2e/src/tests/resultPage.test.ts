// The page that ends a login, where there is nobody to hand the result to.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { logInAndConsent } from '../harness/person';
import { Stage } from '../harness/stage';

let stage: Stage;
before(async () => {
    stage = await Stage.start();
});
after(() => stage?.stop());

async function openInPlainTab(page: Page): Promise<void> {
    const { appOrigin } = stage.addresses;
    const query = new URLSearchParams({
        scope: 'openid offline_access',
        origin: appOrigin,
        flow: 'popup',
        env: 'development',
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
