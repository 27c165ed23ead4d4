import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const stepMilliseconds = 10_000;
const browserPaths = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function launch() {
    const executablePath = browserPaths.find((path) => path && existsSync(path));
    if (!executablePath) throw new Error('no browser: install chromium, or name one in the variable CHROMIUM');
    const args = [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
    ];
    if (process.getuid() === 0) args.push('--no-sandbox'); // Chromium refuses its sandbox to root
    return chromium.launch({ executablePath, headless: true, args });
}

// Does `action`, which opens a popup, and what `user` does in it; resolves when the popup has closed by itself.
async function withPopup(page, action, user) {
    const [popup] = await Promise.all([page.waitForEvent('popup'), action()]);
    popup.setDefaultTimeout(stepMilliseconds);
    const closed = popup.waitForEvent('close');
    await user(popup);
    await closed;
}

function demand(condition, message) {
    if (!condition) throw new Error(message);
}

async function accessToken(page) {
    if ((await page.locator('#reveal').getAttribute('aria-pressed')) === 'false') await page.click('#reveal');
    return page.locator('#access-token').textContent();
}

// What a person would try, in this order; each step goes on from where the one before it ended.
function steps(page, urls) {
    let token;
    return {
        'the page offers to sign in': async () => {
            await page.goto(urls.app);
            await page.locator('#sign-in').waitFor();
        },
        'refusing consent is told and signs nobody in': async () => {
            await withPopup(page, () => page.click('#sign-in'), async (popup) => {
                await popup.fill('#name', 'Grace Hopper');
                await popup.click('button.primary');
                await popup.getByRole('button', { name: 'Refuse' }).click();
            });
            await page.locator('#notice').filter({ hasText: /rejected|refused/i }).waitFor();
            demand(await page.locator('#sign-in').isVisible(), 'the page shows a session');
        },
        'a login through the popup brings the tokens': async () => {
            await withPopup(page, () => page.click('#sign-in'), async (popup) => {
                await popup.getByRole('link', { name: 'Use another name' }).click();
                await popup.fill('#name', 'Ada Lovelace');
                await popup.click('button.primary');
                await popup.getByRole('button', { name: 'Allow' }).click();
            });
            await page.locator('#name').filter({ hasText: 'Ada Lovelace' }).waitFor();
            await page.locator('#email').filter({ hasText: 'ada-lovelace@example.com' }).waitFor();
            const claims = await page.locator('#claims').textContent();
            demand(claims.includes(`iss${urls.provider}`), 'the ID token is not from the provider');
            token = await accessToken(page);
            demand(token.length > 20, `this is no access token: ${token}`);
        },
        'a refresh brings another access token without a popup': async () => {
            await page.click('#refresh');
            await page.waitForFunction((old) => document.getElementById('access-token').textContent !== old, token);
            token = await accessToken(page);
        },
        'a reload signs in silently': async () => {
            await page.reload();
            await page.locator('#name').filter({ hasText: 'Ada Lovelace' }).waitFor();
        },
        'another popup adds a scope': async () => {
            await withPopup(page, () => page.click('[data-scope="calendar.read"]'), async (popup) => {
                await popup.getByRole('button', { name: 'Allow' }).click();
            });
            await page.locator('#scopes li').filter({ hasText: 'calendar.read' }).waitFor();
            await page.locator('#name').filter({ hasText: 'Ada Lovelace' }).waitFor();
        },
        'no script can read a cookie': async () => {
            demand((await page.evaluate('document.cookie')) === '', 'document.cookie is not empty');
        },
    };
}

function lastSteps(page) {
    return {
        'signing out ends the session, also after a reload': async () => {
            await page.click('#sign-out');
            await page.locator('#sign-in').waitFor();
            await page.reload();
            await page.locator('#sign-in').waitFor();
        },
    };
}

async function run(all) {
    for (const [name, step] of Object.entries(all)) {
        try {
            await step();
            console.log(`ok - ${name}`);
        } catch (error) {
            error.message = `${name}: ${error.message}`;
            throw error;
        }
    }
    return Object.keys(all).length;
}

// Logs in to the running demo as a person would. Prints a line for each step and a count; resolves with the exit code.
export async function check(demo, screenshot) {
    const browser = await launch();
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.setDefaultTimeout(stepMilliseconds);
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    let passed = 0;
    try {
        passed += await run(steps(page, demo.urls));
        if (screenshot) {
            if ((await page.locator('#reveal').getAttribute('aria-pressed')) === 'true') await page.click('#reveal');
            await page.screenshot({ path: screenshot, fullPage: true });
        }
        passed += await run(lastSteps(page));
        demand(problems.length === 0, `errors in the page: ${problems.join('; ')}`);
        console.log(`${passed} passed, 0 failed`);
        return 0;
    } catch (error) {
        console.error(`not ok - ${error.message}\nThe end of the backend's log:\n${demo.log()}`);
        console.log(`${passed} passed, 1 failed`);
        return 1;
    } finally {
        await browser.close();
    }
}
