// A page of somebody else that the user has open beside the app. It may open the login popup and listen, and
// send requests with the user's cookies as far as browsers let it; it must learn nothing and change nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { logInAndConsent } from '../harness/person';
import { PageServer } from '../harness/pageServer';
import { freePorts } from '../harness/ports';
import { Stage } from '../harness/stage';

const hostilePage = `<!doctype html><title>Free kittens</title><script>
    window.heard = [];
    addEventListener('message', ({ data }) => heard.push(data));
</script>`;

let stage: Stage;
let hostile: PageServer;
/** The same page twice: on another site than the app, and on another origin of its site. */
let otherSite: string;
let sameSite: string;
before(async () => {
    stage = await Stage.start({ secondApp: true });
    const [port] = await freePorts(1);
    hostile = await PageServer.servePage(port, hostilePage);
    otherSite = `http://kittens.localhost:${port}`;
    sameSite = `http://localhost:${port}`;
});
after(async () => {
    await hostile?.stop();
    await stage?.stop();
});

function startUrl(parameters: Record<string, string>): string {
    const query = new URLSearchParams({
        scope: 'openid profile email offline_access',
        flow: 'popup',
        env: 'development',
        ...parameters,
    });
    return `${stage.authUrl}/oidc/start?${query}`;
}

async function openHostilePage(context: BrowserContext, origin: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(origin);
    return page;
}

async function openPopup(page: Page, url: string): Promise<Page> {
    const opened = page.waitForEvent('popup');
    await page.evaluate((url) => void window.open(url, 'login', 'width=450,height=730'), url);
    return opened;
}

const heardBy = (page: Page) => page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);

for (const where of ['another site', 'the same site'] as const) {
    test(`a page on ${where} that opens the popup hears only for whom the result is`, async (t) => {
        const page = await openHostilePage(
            await stage.newContext(t),
            where === 'the same site' ? sameSite : otherSite,
        );
        const { appOrigin } = stage.addresses;
        const popup = await openPopup(page, startUrl({ origin: appOrigin }));
        const closed = popup.waitForEvent('close');
        await logInAndConsent(popup);
        await closed;
        assert.deepEqual(await heardBy(page), [{ type: 'config_info', targetOrigin: appOrigin }]);
    });

    test(`a page on ${where} that gives its own origin gets 403`, async (t) => {
        const origin = where === 'the same site' ? sameSite : otherSite;
        const context = await stage.newContext(t);
        const page = await openHostilePage(context, origin);
        const answered = context.waitForEvent('response', (response) =>
            response.url().includes('/oidc/start'),
        );
        await openPopup(page, startUrl({ origin }));
        const answer = await answered;
        assert.equal(answer.status(), 403);
        const { error } = JSON.parse((await answer.body()).toString());
        assert.deepEqual(
            [error.name, error.message],
            ['NotAllowedError', `Origin '${origin}' is not allowed`],
        );
        assert.deepEqual(await heardBy(page), []);
    });

    test(`a page on ${where} can neither refresh nor end the session of the user`, async (t) => {
        const app = await stage.openApp(t);
        const { popup, outcome } = await app.askForToken('oidc');
        await logInAndConsent(popup);
        assert.ok((await outcome).value);

        const origin = where === 'the same site' ? sameSite : otherSite;
        const page = await openHostilePage(app.page.context(), origin);
        const attempts = await page.evaluate(async (base) => {
            const credentials = 'include';
            const headers = { 'x-requested-with': 'XMLHttpRequest' };
            const attempt = (path: string, init: RequestInit) =>
                fetch(`${base}/oidc/${path}?env=development&scope=`, { credentials, ...init }).then(
                    (answer) => answer.type,
                    (error: Error) => error.name,
                );
            return {
                refresh: await attempt('refresh', { headers }),
                simpleRefresh: await attempt('refresh', {}),
                blindRefresh: await attempt('refresh', { mode: 'no-cors', method: 'POST' }),
                logout: await attempt('logout', { method: 'POST', headers }),
                blindLogout: await attempt('logout', { method: 'POST', mode: 'no-cors' }),
            };
        }, stage.authUrl);
        assert.deepEqual(attempts, {
            refresh: 'TypeError',
            simpleRefresh: 'TypeError',
            blindRefresh: 'opaque',
            logout: 'TypeError',
            blindLogout: 'opaque',
        });

        await app.reload();
        assert.ok(await app.silentToken('oidc'), 'the session has ended');
    });
}

test('a return address at a foreign origin is refused before anything else happens', async (t) => {
    const page = await openHostilePage(await stage.newContext(t), otherSite);
    const { appOrigin } = stage.addresses;
    const answer = await page.goto(
        startUrl({ origin: appOrigin, flow: 'redirect', redirectUrl: `${otherSite}/x` }),
    );
    assert.equal(answer?.status(), 403);
    assert.equal(new URL(page.url()).origin, stage.addresses.backendOrigin);
    const cookies = await page.context().cookies(`${stage.authUrl}/oidc/handler/frame`);
    assert.deepEqual(cookies, []);
});

test('an app under another address than the login was for says which one was expected', async (t) => {
    const context = await stage.newContext(t);
    const page = await context.newPage();
    await page.goto(stage.secondAppOrigin);
    await page.locator('main[data-ready=true]').waitFor();
    const { appOrigin } = stage.addresses;
    const opened = page.waitForEvent('popup');
    const outcome = page.evaluate(
        (url) =>
            window.stagedoorTest.openLoginPopup({ url, name: 'Login' }).then(
                () => 'logged in',
                (error: Error) => `${error.name}: ${error.message}`,
            ),
        startUrl({ origin: appOrigin }),
    );
    await logInAndConsent(await opened);
    assert.equal(
        await outcome,
        `PopupClosedError: Login failed, Incorrect app origin, expected ${appOrigin}`,
    );
});

test('a further origin that the configuration admits gets its tokens', async (t) => {
    const context = await stage.newContext(t);
    const page = await context.newPage();
    await page.goto(stage.secondAppOrigin);
    await page.locator('main[data-ready=true]').waitFor();
    const opened = page.waitForEvent('popup');
    const outcome = page.evaluate(() =>
        window.stagedoorTest.apis.oidc.getAccessToken(undefined, { instantPopup: true }),
    );
    await logInAndConsent(await opened);
    assert.ok(await outcome);
});
