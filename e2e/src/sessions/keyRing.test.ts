// The secret that seals is changed while browsers refresh all the time.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Browser, Deployment, tokenOf } from './deployment';
import { RotatingProvider } from './rotatingProvider';

const oldSecret = 'the old secret, which is long enough';
const newSecret = 'the new secret, which is long enough';

let provider: RotatingProvider;
before(async () => {
    provider = await RotatingProvider.start();
});
after(() => provider?.stop());

/** Browsers that refresh all the time, and try again when they reach nobody. */
class Crowd {
    readonly #ended = new AbortController();
    readonly #loops: Promise<void>[];
    /** For each browser, how often it has got a token. */
    readonly tokens: number[];
    readonly refusals: string[] = [];
    #unreachable = 0;

    constructor(readonly browsers: Browser[]) {
        this.tokens = browsers.map(() => 0);
        this.#loops = browsers.map((_browser, index) => this.#refreshAgainAndAgain(index));
    }

    get unreachable(): number {
        return this.#unreachable;
    }

    /** Waits until each browser has got this many tokens more, or one has been refused. */
    async untilServed(times: number): Promise<void> {
        const before = [...this.tokens];
        while (this.tokens.some((count, index) => count < before[index] + times)) {
            assert.deepEqual(this.refusals, []);
            await pause(10);
        }
    }

    async stop(): Promise<void> {
        this.#ended.abort();
        await Promise.all(this.#loops);
    }

    async #refreshAgainAndAgain(index: number): Promise<void> {
        while (!this.#ended.signal.aborted) {
            try {
                const answer = await this.browsers[index].refresh();
                if (answer.status === 200) this.tokens[index]++;
                else if (answer.status !== 503) this.refusals.push(answer.text);
            } catch {
                this.#unreachable++; // the program is being restarted
            }
            await pause(10);
        }
    }
}

for (const mode of ['cookie', 'store']) {
    test(`mode ${mode}: the secret is changed under load, and nobody is signed out`, async (t) => {
        const providers = { oauth2: { development: provider.settings } };
        const deployment = await Deployment.start({ secret: oldSecret, session: { mode }, providers });
        t.after(() => deployment.stop());
        // Each answer lasts for a moment, so that many refreshes go to the provider, and many do not.
        await provider.set({ tokenLifetimeMs: 1000 });
        t.after(() => provider.set({ tokenLifetimeMs: 60_000 }));
        const browsers = Array.from({ length: 5 }, () => deployment.browser());
        for (const browser of browsers) await browser.logIn();
        const { reuse } = await provider.stats();
        const crowd = new Crowd(browsers);
        try {
            await crowd.untilServed(2);
            const before = browsers.map((browser) => browser.copy());
            await deployment.restart({ secret: [newSecret, oldSecret] });
            const { granted } = await provider.stats();
            // Until every session has been renewed, in the store as in its cookie.
            await crowd.untilServed(2);
            while ((await provider.stats()).granted < granted + 3 * browsers.length)
                await crowd.untilServed(1);
            await deployment.restart({ secret: newSecret });
            await crowd.untilServed(2);
            while ((await provider.stats()).granted < granted + 5 * browsers.length)
                await crowd.untilServed(1);

            assert.deepEqual(crowd.refusals, []);
            assert.ok(crowd.unreachable > 0, 'nobody asked during a restart');
            // What the old secret has sealed is worth nothing now, and was all replaced.
            for (const browser of before) {
                const refused = await browser.refresh();
                assert.deepEqual([refused.status, refused.json().error.cause.code], [401, 'session.invalid']);
            }
        } finally {
            await crowd.stop();
        }
        assert.deepEqual(crowd.refusals, []);
        assert.equal((await provider.stats()).reuse, reuse, 'a token was used twice');
    });
}

for (const mode of ['cookie', 'store']) {
    test(`mode ${mode}: one refresh is enough for the old secret to go`, async (t) => {
        const providers = { oauth2: { development: provider.settings } };
        const deployment = await Deployment.start({ secret: oldSecret, session: { mode }, providers });
        t.after(() => deployment.stop());
        const browser = deployment.browser();
        await browser.logIn();
        const token = tokenOf(await browser.refresh());
        const before = browser.copy();
        const { calls } = await provider.stats();
        await deployment.restart({ secret: [newSecret, oldSecret] });
        const again = tokenOf(await browser.refresh());
        assert.notDeepEqual(browser.sessionCookies(), before.sessionCookies());
        if (mode === 'cookie') {
            // The cookie has all of the session: the provider need not be asked for it to be sealed anew.
            assert.equal(again, token);
            assert.equal((await provider.stats()).calls, calls);
        }
        await deployment.restart({ secret: newSecret });
        tokenOf(await browser.refresh());
        const refused = await before.refresh();
        assert.deepEqual([refused.status, refused.json().error.cause.code], [401, 'session.invalid']);
    });
}
