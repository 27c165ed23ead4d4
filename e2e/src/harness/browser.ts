// Chromium as the system has it, cut off from all but this machine.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const hostRules = [
    'MAP localhost 127.0.0.1',
    'MAP *.localhost 127.0.0.1',
    'MAP * ~NOTFOUND',
    'EXCLUDE 127.0.0.1',
];

const launchOptions = () => ({
    executablePath: process.env.STAGEDOOR_E2E_CHROMIUM ?? usualPlaces.find((path) => existsSync(path)),
    headless: true,
    chromiumSandbox: false,
    args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--host-resolver-rules=${hostRules.join(',')}`,
    ],
});

export function launchBrowser(): Promise<Browser> {
    return chromium.launch(launchOptions());
}

/**
 * A browser with a profile whose cookie setting is known. (A fresh context of `launchBrowser` is incognito,
 * which blocks third-party cookies too, but by a default that may change.)
 */
export async function launchWithThirdPartyCookies(setting: 'allowed' | 'blocked') {
    const folder = await mkdtemp(join(tmpdir(), 'stagedoor-e2e-profile-'));
    await mkdir(join(folder, 'Default'));
    const blocked = setting === 'blocked';
    const preferences = {
        profile: { cookie_controls_mode: blocked ? 1 : 0, block_third_party_cookies: blocked },
    };
    await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
    const options = { ...launchOptions(), ignoreHTTPSErrors: true };
    const context = await chromium.launchPersistentContext(folder, options);
    return {
        context,
        close: async () => {
            await context.close();
            await rm(folder, { recursive: true, force: true, maxRetries: 10 });
        },
    };
}
