// The code of the guides, taken from their pages as it stands there, does what the guides say.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { logInAndConsent } from '../harness/person';
import { Contexts } from './harness/contexts';
import { bundleGuide } from './harness/guide';
import { SdkStage } from './harness/sdkStage';

const guides = ['javascript', 'react', 'vue', 'svelte', 'protocol'];

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

/** The API of the guides: it answers with the token that it was asked with. */
async function playApi(context: BrowserContext): Promise<void> {
    await context.route('https://api.example.com/reports', (route) =>
        route.fulfill({
            headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' },
            body: `Reports for ${route.request().headers().authorization}`,
        }),
    );
}

/** Adds the guide to the pages, and opens it with the API. */
async function openGuide(context: BrowserContext, guide: string): Promise<Page> {
    stage.pages.add(guide, await bundleGuide(`../docs/guides/${guide}.md`, stage.authUrl));
    await playApi(context);
    const page = await context.newPage();
    await page.goto(stage.url({ page: guide }));
    return page;
}

async function signIn(page: Page): Promise<void> {
    const opened = page.context().waitForEvent('page');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await logInAndConsent(await opened);
    await page.getByText('Signed in as ada Example').waitFor();
}

async function loadReports(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Load the reports' }).click();
}

function reports(page: Page): Promise<void> {
    return page.locator('output').filter({ hasText: /^Reports for Bearer \S{20}/ }).waitFor();
}

for (const guide of guides) {
    test(`docs/guides/${guide}.md: login, a call of an API, a silent login after a reload, sign-out`, async (t) => {
        const page = await openGuide(await browser.fresh(t), guide);
        const problems: Error[] = [];
        page.on('pageerror', (error) => problems.push(error));
        await signIn(page);
        await loadReports(page);
        await reports(page);

        await page.reload();
        const signedIn = page.getByText('Signed in as ada Example');
        await signedIn.waitFor();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('button', { name: 'Sign in' }).waitFor();
        await page.reload();
        await page.getByRole('button', { name: 'Sign in' }).waitFor();
        assert.equal(await signedIn.count(), 0);
        assert.deepEqual(problems, []);
    });
}

for (const guide of guides.filter((name) => name !== 'protocol')) {
    test(`docs/guides/${guide}.md: without a session the user is asked when the token is needed`, async (t) => {
        const context = await browser.fresh(t);
        const page = await openGuide(context, guide);
        const opened = context.waitForEvent('page');
        if (guide === 'react') {
            await page.getByRole('button', { name: 'Give access to the reports' }).click();
        } else {
            await loadReports(page);
            await page.getByRole('dialog').getByRole('button', { name: 'Log in' }).click();
        }
        await logInAndConsent(await opened);
        if (guide === 'react') await loadReports(page);
        await reports(page);
    });
}

test('README.md: the dialog asks for a login, and then there is a token', async (t) => {
    stage.pages.add('readme', await bundleGuide('../README.md', stage.authUrl));
    const context = await browser.fresh(t);
    const page = await context.newPage();
    await page.goto(stage.url({ page: 'readme' }));
    const token = page.waitForEvent('console', (message) => message.type() === 'log');
    const opened = context.waitForEvent('page');
    await page.getByRole('dialog').getByRole('button', { name: 'Log in' }).click();
    await logInAndConsent(await opened);
    assert.match((await token).text(), /^\S{20,}$/);
});
