import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const browserPaths = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function launch() {
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
