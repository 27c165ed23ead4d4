// Chromium for the tests of one file.

import type { Browser, BrowserContext } from 'playwright-core';
import { launchBrowser } from '../../harness/browser';

/** For what has to happen in a browser, in milliseconds: far more than it takes. */
const patience = 20_000;

/** What `node:test` hands to a test, as far as it is needed here. */
interface TestContext {
    after(cleanUp: () => Promise<void>): void;
}

export class Contexts {
    private constructor(private readonly browser: Browser) {}

    static async launch(): Promise<Contexts> {
        return new Contexts(await launchBrowser());
    }

    /** A browser without a past, for one test. */
    async fresh(test: TestContext): Promise<BrowserContext> {
        const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
        context.setDefaultTimeout(patience);
        test.after(() => context.close());
        return context;
    }

    close(): Promise<void> {
        return this.browser.close();
    }
}
