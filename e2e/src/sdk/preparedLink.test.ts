// The threat to the channel of a login's result: somebody sends a victim a prepared start link and waits for the
// result. The channel's name is all that the attacker has; the cookie of the flow is in the browser of the victim.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { logIn, consent } from '../harness/person';
import { Contexts } from './harness/contexts';
import { SdkPage } from './harness/sdkPage';
import { SdkStage } from './harness/sdkStage';

let stage: SdkStage;
let browser: Contexts;
before(async () => {
    stage = await SdkStage.start();
    browser = await Contexts.launch();
});
after(async () => {
    await browser?.close();
    await stage?.stop();
});

function startLink(channel: string): string {
    const query = { scope: 'openid', origin: stage.addresses.appOrigin, flow: 'popup', channel, env: 'development' };
    return `${stage.authUrl}/oidc/start?${new URLSearchParams(query)}`;
}

/** What the channel says to a page of the app, with the cookies of its browser. */
function look(page: Page, channel: string): Promise<{ status: string; message?: unknown }> {
    return page.evaluate(
        async (url) => {
            const headers = { 'X-Requested-With': 'XMLHttpRequest' };
            return (await fetch(url, { headers, credentials: 'include' })).json();
        },
        `${stage.authUrl}/oidc/flow?${new URLSearchParams({ channel, env: 'development' })}`,
    );
}

/** The victim follows the link and logs in. Resolves when the page with the result is there. */
async function followLink(context: BrowserContext, channel: string, look: () => Promise<void>): Promise<void> {
    const page = await context.newPage();
    await page.goto(startLink(channel));
    await look();
    await logIn(page, 'victim');
    await look();
    await consent(page);
    await page.waitForURL(/\/handler\/frame/);
}

test('who sends a prepared link gets nothing: not before, not during and not after the login', async (t) => {
    const channel = randomBytes(24).toString('base64url');
    const attacker = await SdkPage.open(stage, await browser.fresh(t));
    const lookAsAttacker = async () => assert.deepEqual(await look(attacker.page, channel), { status: 'gone' });
    await lookAsAttacker();
    const victim = await browser.fresh(t);
    await followLink(victim, channel, lookAsAttacker);
    await lookAsAttacker();

    // The result was there all the time, for the browser that ran the flow.
    const own = await SdkPage.open(stage, victim);
    const { status, message } = await look(own.page, channel);
    assert.equal(status, 'done');
    assert.ok(JSON.stringify(message).includes('accessToken'));
    assert.deepEqual(await look(own.page, channel), { status: 'gone' }, 'the result was handed out twice');
});

test('an attacker who begins a flow with the same channel gets only what he himself does', async (t) => {
    const channel = randomBytes(24).toString('base64url');
    const attackerContext = await browser.fresh(t);
    const own = await attackerContext.newPage();
    await own.goto(startLink(channel));
    const attacker = await SdkPage.open(stage, attackerContext);
    assert.deepEqual(await look(attacker.page, channel), { status: 'pending' });
    await followLink(await browser.fresh(t), channel, async () => {});
    const { status, message } = await look(attacker.page, channel);
    assert.notEqual(status, 'done', `the attacker has the tokens of the victim: ${JSON.stringify(message)}`);
});

test("a page of another origin in the victim's browser can't read the result", async (t) => {
    const channel = randomBytes(24).toString('base64url');
    const victim = await browser.fresh(t);
    await followLink(victim, channel, async () => {});
    const foreign = await victim.newPage();
    await foreign.goto(stage.providers.oidc.issuer);
    await assert.rejects(look(foreign, channel), /Failed to fetch/);
    const own = await SdkPage.open(stage, victim);
    assert.equal((await look(own.page, channel)).status, 'done', 'the foreign page has used the result up');
});
