import { NetworkError } from './exchange.mjs';

const retryableStatuses = [502, 503, 504];
const maxRetryMs = 10_000;
// A token that is about to end may be all that there is while the provider is down: no reason to ask without a pause.
const minMs = 100;

// One tab of a browser, as the SDK in it behaves: it keeps the access token in memory, renews it when it is about to
// end, has one refresh under way at a time, and tries again after a failure that is no verdict. It knows nothing of the
// other tabs. Now and then its page is loaded anew, and the token is forgotten.
export class Tab {
    #expires = 0;
    #timer;
    #abort = null;

    constructor(number, browser, random) {
        Object.assign(this, { number, browser, random });
    }

    // Waits until there is something to do.
    plan(afterMs = this.#untilDue()) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#refresh(), afterMs);
    }

    #untilDue() {
        const { habits, tokenLifetimeMs } = this.browser.world;
        const due = this.#expires - this.random.between(0, tokenLifetimeMs / 4) - Date.now();
        return Math.max(minMs, Math.min(due, this.random.exponential(habits.reloadMs)));
    }

    // The page is loaded again: what it was waiting for is given up, and its token is gone.
    reload() {
        this.#abort?.abort();
        this.#expires = 0;
        this.plan(0);
    }

    stop() {
        clearTimeout(this.#timer);
        this.#abort?.abort();
        this.#abort = null;
    }

    #luck() {
        const { habits } = this.browser.world;
        const { random } = this;
        if (random.chance(habits.lost)) {
            return { cut: random.chance(0.7) ? 'sent' : 'header', cutMs: random.exponential(habits.cutMs) };
        }
        return random.chance(habits.late) ? { delayMs: random.between(50, habits.lateMs) } : {};
    }

    async #refresh() {
        const { browser, random } = this;
        const { measures } = browser.world;
        const abort = new AbortController();
        this.#abort = abort;
        let wait;
        try {
            const answer = await browser.refresh(this, { ...this.#luck(), signal: abort.signal });
            wait = this.#judge(answer);
        } catch (error) {
            if (!(error instanceof NetworkError)) throw error;
            browser.note({ event: 'no answer', tab: this.number, code: error.code });
            measures.count(measures.networkErrors, error.code);
            wait = random.between(100, 1000);
        }
        if (this.#abort !== abort) return; // the page was loaded again, or left
        this.#abort = null;
        if (wait !== null) this.plan(wait);
    }

    // Milliseconds until the next try, or null if that is somebody else's affair.
    #judge(answer) {
        const { browser, random } = this;
        if (answer.status === 200) {
            this.#expires = Date.now() + answer.providerInfo.expiresInSeconds * 1000;
            return this.#untilDue();
        }
        if (answer.status === 401) {
            browser.signedOut(this, answer);
            return null;
        }
        if (answer.status !== 0 && !retryableStatuses.includes(answer.status)) {
            browser.world.measures.unexpected.push({ browser: browser.name, tab: this.number, ...answer });
        }
        return Math.min(answer.retryAfterMs ?? 500, maxRetryMs) + random.between(0, 500);
    }
}
