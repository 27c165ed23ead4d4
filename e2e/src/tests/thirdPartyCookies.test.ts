// Browsers that block third-party cookies. App and backend share a site, so that all cookies are first-party.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { AppPage } from '../harness/appPage';
import { launchWithThirdPartyCookies } from '../harness/browser';
import { logInAndConsent } from '../harness/person';
import { freePorts } from '../harness/ports';
import { Stage } from '../harness/stage';

let blocked: Awaited<ReturnType<typeof launchWithThirdPartyCookies>>;
before(async () => {
    blocked = await launchWithThirdPartyCookies('blocked');
});
after(() => blocked?.close());

/** The cookie that a page of one site gets sent to another one, `''` if none, after that one has set it. */
async function thirdPartyCookie(context: BrowserContext): Promise<string> {
    const server = createServer((request, response) => {
        response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
        response.setHeader('access-control-allow-credentials', 'true');
        if (request.url === '/set') response.setHeader('set-cookie', 'who=you; SameSite=None; Secure');
        response.setHeader('content-type', 'text/html').end(request.headers.cookie ?? '');
    });
    const [port] = await freePorts(1);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const page = await context.newPage();
    try {
        await page.goto(`http://tracker.localhost:${port}/set`);
        await page.goto(`http://shop.localhost:${port}/`);
        return await page.evaluate(
            async (url) => (await fetch(url, { credentials: 'include' })).text(),
            `http://tracker.localhost:${port}/`,
        );
    } finally {
        await page.close();
        server.closeAllConnections();
        server.close();
    }
}

test('the browser of these tests does block third-party cookies, and another one does not', async () => {
    assert.equal(await thirdPartyCookie(blocked.context), '');
    const allowed = await launchWithThirdPartyCookies('allowed');
    try {
        assert.equal(await thirdPartyCookie(allowed.context), 'who=you');
    } finally {
        await allowed.close();
    }
});

const arrangements = {
    'two ports of one host': { app: 'localhost', backend: 'localhost' },
    'two hosts of one site': { app: 'www.example.localhost', backend: 'auth.example.localhost' },
};

for (const [name, hosts] of Object.entries(arrangements)) {
    test(`login, silent sign-in and sign-out with ${name}`, async (t) => {
        const stage = await Stage.start({ hosts });
        let app: AppPage | undefined;
        t.after(async () => {
            await app?.page.close();
            await blocked.context.clearCookies();
            await stage.stop();
        });
        app = await AppPage.open(blocked.context, stage.addresses.appOrigin, stage.authUrl);
        const { popup, outcome } = await app.askForToken('oidc');
        await logInAndConsent(popup);
        const { value, error } = await outcome;
        assert.ok(value, error?.message);

        await app.reload();
        assert.ok(await app.silentToken('oidc'));
        await app.call('oidc', 'signOut');
        await app.reload();
        assert.equal(await app.silentToken('oidc'), '');
    });
}
