// A login through the popup completes whatever Cross-Origin-Opener-Policy the app and the provider send, on one site
// and across sites, in Chromium and in Firefox. Where a policy cuts the popup off from its opener, this is checked
// too: otherwise the cell would prove nothing.

import assert from 'node:assert/strict';
import { describe, test, before, after } from 'node:test';
import type { Outcome } from './page/calls';
import { launchChromium, launchFirefox, type LoginBrowser, type Tab } from './harness/loginBrowser';
import { SdkStage } from './harness/sdkStage';
import type { Coop } from './harness/testPages';

const browsers: Record<string, () => Promise<LoginBrowser>> = {
    Chromium: launchChromium,
    Firefox: launchFirefox,
};

const sites = {
    'one site': { app: 'www.example.localhost', backend: 'auth.example.localhost' },
    'two sites': { app: 'app.localhost', backend: 'auth.localhost' },
};

const appPolicies: Coop[] = ['none', 'same-origin-allow-popups', 'same-origin'];
const providerPolicies = ['none', 'same-origin'] as const;

/** HTML Standard, 7.1.3.2: whether a popup with one policy is cut off from an opener with another one. */
function isSevered(app: Coop, provider: 'none' | 'same-origin'): boolean {
    return app === 'same-origin' || provider === 'same-origin';
}

const loginForm = 'input[name=prompt][value=login]';
const consentForm = 'input[name=prompt][value=consent]';

async function logInAndConsent(popup: Tab): Promise<void> {
    await popup.appearance(loginForm);
    await popup.type('input[name=login]', 'ada');
    await popup.type('input[name=password]', 'any');
    await popup.click('button[type=submit]');
    await popup.appearance(consentForm);
    await popup.click('button[type=submit]');
}

async function askWithPopup(browser: LoginBrowser, page: Tab): Promise<{ popup: Tab; call: number }> {
    const opened = browser.nextPopup();
    const call = await page.evaluate(
        (args) => window.sdkTest.prepare('oidc', 'getAccessToken', args),
        [undefined, { instantPopup: true }] as unknown[],
    );
    await page.click('#press');
    return { popup: await opened, call };
}

for (const [browserName, launch] of Object.entries(browsers)) {
    for (const [siteName, hosts] of Object.entries(sites)) {
        describe(`${browserName}, app and backend on ${siteName}`, () => {
            let stage: SdkStage;
            let browser: LoginBrowser;
            before(async () => {
                stage = await SdkStage.start({ https: true, hosts });
                browser = await launch();
            });
            after(async () => {
                await browser?.close();
                await stage?.stop();
            });

            for (const app of appPolicies) {
                for (const provider of providerPolicies) {
                    test(`COOP of the app: ${app}, of the provider: ${provider}`, async (t) => {
                        t.after(() => browser.forgetEverything());
                        stage.providers.oidc.extraHeaders =
                            provider === 'none' ? {} : { 'cross-origin-opener-policy': provider };
                        const page = await browser.newTab();
                        await page.goto(stage.url({ coop: app }));
                        await page.appearance('html[data-ready=true]');
                        const { popup, call } = await askWithPopup(browser, page);
                        await popup.appearance(loginForm);
                        assert.equal(
                            await popup.evaluate(() => window.opener === null, undefined),
                            isSevered(app, provider),
                            'the policies do not work as this test assumes',
                        );
                        await logInAndConsent(popup);
                        const { value, error }: Outcome = await page.evaluate(
                            (index) => window.sdkTest.outcome(index),
                            call,
                        );
                        assert.ok(value, `${error?.code}: ${error?.message}`);
                        await popup.closed;
                    });
                }
            }
        });
    }
}
