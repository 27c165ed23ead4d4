// The code of the guides, taken from their pages as it stands there, does what the guides say.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
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

for (const guide of guides) {
    test(`docs/guides/${guide}.md: login, a call of an API, a silent login after a reload, sign-out`, async (t) => {
        stage.pages.add(guide, await bundleGuide(`../docs/guides/${guide}.md`, stage.authUrl));
        const context = await browser.fresh(t);
        await playApi(context);
        const page = await context.newPage();
        const problems: Error[] = [];
        page.on('pageerror', (error) => problems.push(error));
        await page.goto(stage.url({ page: guide }));

        const opened = context.waitForEvent('page');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await logInAndConsent(await opened);
        const signedIn = page.getByText('Signed in as ada Example');
        await signedIn.waitFor();

        await page.getByRole('button', { name: 'Load the reports' }).click();
        await page.getByRole('status').filter({ hasText: /^Reports for Bearer \S{20}/ }).waitFor();

        await page.reload();
        await signedIn.waitFor();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('button', { name: 'Sign in' }).waitFor();
        await page.reload();
        await page.getByRole('button', { name: 'Sign in' }).waitFor();
        assert.equal(await signedIn.count(), 0);
        assert.deepEqual(problems, []);
    });
}
