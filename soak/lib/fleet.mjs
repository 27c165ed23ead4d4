import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Browser } from './browser.mjs';
import { NetworkError } from './exchange.mjs';
import { Measures } from './measures.mjs';

const loginsAtATime = 20;
const settleMs = 60_000;

// All browsers. `options`: {authUrl, origin, browsers, tabs, tokenLifetimeMs, habits}.
export class Fleet {
    constructor(options, random) {
        this.measures = new Measures(random.fork('latencies'));
        const agent = new Agent({ keepAlive: true, maxFreeSockets: 512, scheduling: 'fifo' });
        this.world = { ...options, agent, measures: this.measures, running: true };
        this.browsers = Array.from(
            { length: options.browsers },
            (_, index) => new Browser(`b${index + 1}`, this.world, random.fork(`browser ${index}`)),
        );
    }

    async logIn() {
        const waiting = [...this.browsers];
        const one = async () => {
            for (let browser = waiting.pop(); browser; browser = waiting.pop()) await browser.logIn();
        };
        await Promise.all(Array.from({ length: loginsAtATime }, one));
    }

    start() {
        for (const browser of this.browsers) browser.start();
    }

    // Ends the load. After that each browser asks once more, until it is told something: nobody may be left without an
    // answer once everything runs again.
    async settle() {
        this.world.running = false;
        for (const browser of this.browsers) browser.stop();
        await Promise.all(this.browsers.map((browser) => browser.loggingIn));
        await Promise.all(this.browsers.flatMap((browser) => browser.trials));
        this.endedAt = Date.now();
        const deadline = Date.now() + settleMs;
        await Promise.all(this.browsers.map((browser) => this.#settle(browser, deadline)));
        this.world.agent.destroy();
    }

    async #settle(browser, deadline) {
        const [tab] = browser.tabs;
        let last;
        while (Date.now() < deadline) {
            let wait = browser.random.between(100, 500);
            try {
                last = await browser.refresh(tab);
                if (last.status === 200) return;
                if (last.status === 401) return await browser.signedOut(tab, last);
                wait += last.retryAfterMs ?? 0;
            } catch (error) {
                if (!(error instanceof NetworkError)) throw error;
                last = { error: error.code };
            }
            await delay(wait);
        }
        this.measures.unanswered.push({ browser: browser.name, last });
    }

    // How many access tokens had to be got from the provider: the backend hands one out again until what remains of its
    // life is min(200 s, a quarter), so each lasts a browser for the rest.
    tokenLifetimes() {
        const life = this.world.tokenLifetimeMs;
        const used = life - Math.min(200_000, life / 4);
        const sessions = this.browsers.flatMap((browser) => browser.sessions);
        const lived = ({ start, end = this.endedAt }) => Math.max(0, end - start);
        return sessions.reduce((sum, session) => sum + Math.ceil(lived(session) / used), 0);
    }
}
