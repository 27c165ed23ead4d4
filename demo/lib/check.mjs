import { launch } from './browser.mjs';

const stepMilliseconds = 10_000;

// Does `action`, which opens a popup, and what `user` does in it; resolves when the popup has closed by itself.
async function withPopup(page, action, user) {
    const [popup] = await Promise.all([page.context().waitForEvent('page'), action()]);
    popup.setDefaultTimeout(stepMilliseconds);
    const closed = popup.waitForEvent('close');
    await user(popup);
    await closed;
}

function demand(condition, message) {
    if (!condition) throw new Error(message);
}

const card = (page, provider) => page.locator(`#${provider}`);
const signedIn = (page, provider) => page.locator(`#${provider}[data-status=signed-in]`).waitFor();
const signedOut = (page, provider) => page.locator(`#${provider}[data-status=signed-out]`).waitFor();
const nameIs = (page, provider, name) => card(page, provider).locator('.name').filter({ hasText: name }).waitFor();

async function open(page, url) {
    await page.goto(url);
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
}

async function logInAtAcmeId(popup, name) {
    await popup.fill('#name', name);
    await popup.click('button.primary');
    await popup.getByRole('button', { name: 'Allow' }).click();
}

async function logInAtAcmeCode(popup, name) {
    await popup.fill('#name', name);
    await popup.getByRole('button', { name: 'Authorize' }).click();
}

async function accessToken(page, provider) {
    const shown = card(page, provider);
    if (!(await shown.locator('details').getAttribute('open'))) {
        await shown.locator('details').evaluate((details) => (details.open = true));
    }
    const reveal = shown.locator('.reveal');
    if ((await reveal.getAttribute('aria-pressed')) === 'false') await reveal.click();
    return shown.locator('.when-in .token').textContent();
}

// Presses a switch, which loads the page anew.
async function choose(page, name, value) {
    await Promise.all([page.waitForEvent('load'), page.locator(`input[name=${name}][value=${value}]`).check()]);
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
}

// What a person would try, in this order; each step goes on from where the one before it ended.
function firstSteps(page, urls) {
    const signIn = () => card(page, 'oidc').locator('.sign-in').click();
    return {
        'the page offers to sign in at both providers': async () => {
            await open(page, urls.app);
            await card(page, 'oidc').locator('.sign-in').waitFor();
            await card(page, 'github').locator('.sign-in').waitFor();
        },
        'refusing consent is told and signs nobody in': async () => {
            await withPopup(page, signIn, async (popup) => {
                await popup.fill('#name', 'Grace Hopper');
                await popup.click('button.primary');
                await popup.getByRole('button', { name: 'Refuse' }).click();
            });
            await page.locator('#notice').filter({ hasText: /\S/ }).waitFor();
            await signedOut(page, 'oidc');
        },
        'a login through the popup brings the tokens': async () => {
            await withPopup(page, signIn, async (popup) => {
                await popup.getByRole('link', { name: 'Use another name' }).click();
                await logInAtAcmeId(popup, 'Ada Lovelace');
            });
            await nameIs(page, 'oidc', 'Ada Lovelace');
            await card(page, 'oidc').locator('.email').filter({ hasText: 'ada-lovelace@example.com' }).waitFor();
            await card(page, 'oidc').locator('tbody td').first().waitFor({ state: 'attached' });
            const claims = await card(page, 'oidc').locator('tbody').textContent();
            demand(claims.includes(`iss${urls.acmeId}`), 'the ID token is not from the provider');
            const token = await accessToken(page, 'oidc');
            demand(token.length > 20, `this is no access token: ${token}`);
        },
        'a call of both APIs asks in the dialog for the one that is missing': async () => {
            await page.click('#call-both');
            const logIn = page.getByRole('dialog').getByRole('button', { name: /^log in/i });
            await withPopup(page, () => logIn.click(), (popup) => logInAtAcmeCode(popup, 'Ada Lovelace'));
            await nameIs(page, 'github', 'Ada Lovelace');
            await card(page, 'github').locator('.result').filter({ hasText: '200' }).waitFor();
            await card(page, 'oidc').locator('.result').filter({ hasText: '200' }).waitFor();
        },
        'another popup adds a scope': async () => {
            const ask = () => page.click('button[value="calendar.read"]');
            await withPopup(page, ask, (popup) => popup.getByRole('button', { name: 'Allow' }).click());
            await card(page, 'oidc').locator('.chips li').filter({ hasText: 'calendar.read' }).waitFor();
            await nameIs(page, 'oidc', 'Ada Lovelace');
        },
        'a reload signs in silently': async () => {
            await page.reload();
            await nameIs(page, 'oidc', 'Ada Lovelace');
            await nameIs(page, 'github', 'Ada Lovelace');
        },
        'no script can read a cookie': async () => {
            demand((await page.evaluate('document.cookie')) === '', 'document.cookie is not empty');
        },
    };
}

function tabSteps(page, second, urls) {
    return {
        'a second tab has the session from the first one': async () => {
            await open(second, urls.app);
            await nameIs(second, 'oidc', 'Ada Lovelace');
            const [mine, other] = [await accessToken(page, 'oidc'), await accessToken(second, 'oidc')];
            demand(mine === other, 'the tabs have different tokens');
            const log = await second.locator('#log').textContent();
            demand(!log.includes('/oidc/refresh'), 'the second tab has asked the backend');
        },
        'a token that is about to end is renewed by one tab, and both have it': async () => {
            const before = await accessToken(page, 'oidc');
            await page.context().clock.fastForward(55_000); // its life is a minute
            for (const tab of [page, second]) {
                await card(tab, 'oidc').locator('.renewals').filter({ hasText: 'Renewed' }).waitFor();
            }
            const [mine, other] = [await accessToken(page, 'oidc'), await accessToken(second, 'oidc')];
            demand(mine !== before, 'the token is the one from before');
            demand(mine === other, 'the tabs have different tokens');
        },
    };
}

function switchSteps(page, second) {
    const signIn = (provider) => () => card(page, provider).locator('.sign-in').click();
    return {
        'signing out is seen in the other tab, also after a reload': async () => {
            await card(page, 'oidc').locator('.sign-out').click();
            await signedOut(page, 'oidc');
            await signedOut(second, 'oidc');
            await page.reload();
            await signedOut(page, 'oidc');
            await signedIn(page, 'github');
        },
        'the dialog lets another account be chosen': async () => {
            await card(page, 'oidc').locator('.call').click();
            const other = page.getByRole('dialog').getByRole('button', { name: 'Use another account' });
            await withPopup(page, () => other.click(), (popup) => logInAtAcmeId(popup, 'Grace Hopper'));
            await nameIs(page, 'oidc', 'Grace Hopper');
            await card(page, 'oidc').locator('.sign-out').click();
            await signedOut(page, 'oidc');
        },
        'a login completes with COOP same-origin on this page and at the provider': async () => {
            await choose(page, 'appCoop', 'same-origin');
            await choose(page, 'providerCoop', 'same-origin');
            await withPopup(page, signIn('oidc'), async (popup) => {
                await popup.getByRole('button', { name: 'Allow' }).waitFor();
                demand(await popup.evaluate('opener === null'), 'the popup has an opener');
                await popup.getByRole('button', { name: 'Allow' }).click();
            });
            await nameIs(page, 'oidc', 'Grace Hopper');
        },
        'a login completes in the tab itself': async () => {
            await choose(page, 'flow', 'redirect');
            await card(page, 'github').locator('.sign-out').click();
            await signedOut(page, 'github');
            await signIn('github')();
            await page.getByRole('button', { name: 'Authorize' }).click();
            await nameIs(page, 'github', 'Ada Lovelace');
        },
    };
}

async function run(all, passed) {
    for (const [name, step] of Object.entries(all)) {
        try {
            await step();
            console.log(`ok - ${name}`);
        } catch (error) {
            error.message = `${name}: ${error.message}`;
            throw error;
        }
        passed.push(name);
    }
}

// Logs in to the running demo as a person would. Prints a line for each step and a count; resolves with the exit code.
// `whenSignedIn` is called with the page while a user is signed in at both providers.
export async function check(demo, whenSignedIn = async () => {}) {
    const browser = await launch();
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
    context.setDefaultTimeout(stepMilliseconds);
    await context.clock.install();
    const [page, second] = [await context.newPage(), await context.newPage()];
    const problems = [];
    for (const tab of [page, second]) tab.on('pageerror', (error) => problems.push(error.message));
    const passed = [];
    try {
        await run(firstSteps(page, demo.urls), passed);
        await run(tabSteps(page, second, demo.urls), passed);
        await whenSignedIn(page);
        await run(switchSteps(page, second), passed);
        demand(problems.length === 0, `errors in the page: ${problems.join('; ')}`);
        console.log(`${passed.length} passed, 0 failed`);
        return 0;
    } catch (error) {
        const said = await page.locator('#log').innerText().catch(() => '');
        console.error(`not ok - ${error.message}\nWhat the page says:\n${said}`);
        console.error(`The end of the backend's log:\n${demo.log()}`);
        console.log(`${passed.length} passed, 1 failed`);
        return 1;
    } finally {
        await browser.close();
    }
}
