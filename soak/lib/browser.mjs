import { setTimeout as delay } from 'node:timers/promises';
import { CookieJar } from './cookie_jar.mjs';
import { exchange } from './exchange.mjs';
import { logIn } from './login.mjs';
import { signOut, tryStolen } from './sign_out.mjs';
import { Tab } from './tab.mjs';

const keptEvents = 60;
const loginMs = 60_000;
const scope = 'read write';

// "at.{family}.{generation}.{random}": the provider of the soak says in its tokens whose they are.
export function readAccessToken(token) {
    const [, family, generation] = /^at\.(f\d+)\.(\d+)\./.exec(token ?? '') ?? [];
    return { family, generation: Number(generation) };
}

// A user's browser: cookies, and tabs that share them. `world` has what all browsers share: {authUrl, origin, agent,
// measures, habits, tokenLifetimeMs, running}.
export class Browser {
    events = []; // what happened last, for a report of a sign-out
    session = 0; // counts the logins
    newest = 0; // generation of the newest answer that has come
    cookie = null; // generation of the answer that set the cookie
    sessions = []; // {start, end?} of each login; without an end, it lasts until that of the soak
    trials = []; // promises, of former cookies that are tried

    constructor(name, world, random) {
        Object.assign(this, { name, world, random });
        this.jar = new CookieJar({ host: new URL(world.authUrl).hostname });
        const makeTab = (_, index) => new Tab(index + 1, this, random.fork(`tab ${index}`));
        this.tabs = Array.from({ length: world.tabs }, makeTab);
    }

    note(event) {
        this.events.push({ at: Date.now(), ...event });
        if (this.events.length > keptEvents) this.events.shift();
    }

    // Logs in, again and again until it is done: a login that fails is no session that ends. One that never succeeds is
    // an error.
    async logIn() {
        const { world } = this;
        const deadline = Date.now() + loginMs;
        for (;;) {
            try {
                const { providerInfo } = await logIn({ ...world, scope, jar: this.jar });
                const { family, generation } = readAccessToken(providerInfo.accessToken);
                Object.assign(this, { family, newest: generation, cookie: generation, session: this.session + 1 });
                this.sessions.push({ start: Date.now() });
                this.note({ event: 'logged in', family });
                world.measures.logins += 1;
                return providerInfo;
            } catch (error) {
                world.measures.failedLogins += 1;
                this.note({ event: 'login failed', error: error.message });
                if (Date.now() > deadline) throw error;
                await delay(this.random.between(100, 1000));
            }
        }
    }

    // Starts the tabs. From time to time all of them wake up at once, as on a laptop that is opened, and the user signs
    // out and in again.
    start() {
        for (const tab of this.tabs) tab.plan();
        this.#planBurst();
        this.#planSignOut();
    }

    #planBurst() {
        const { habits } = this.world;
        this.burstTimer = setTimeout(() => {
            if (this.loggingIn === undefined) for (const tab of this.tabs) tab.reload();
            this.#planBurst();
        }, this.random.exponential(habits.burstMs));
    }

    #planSignOut() {
        this.signOutTimer = setTimeout(async () => {
            await this.#signOut();
            if (this.world.running) this.#planSignOut();
        }, this.random.exponential(this.world.habits.signOutMs));
    }

    async #signOut() {
        if (this.loggingIn !== undefined) return;
        const { family } = this;
        await this.#beAway(async () => {
            const cookie = await signOut(this);
            this.world.measures.signOuts += 1;
            this.trials.push(tryStolen(this, cookie, family));
            await this.logIn();
        });
    }

    // The tabs rest while the session changes.
    async #beAway(change) {
        this.sessions.at(-1).end = Date.now();
        this.session += 1; // what is still under way belongs to nobody
        for (const each of this.tabs) each.stop();
        this.loggingIn = change();
        try {
            await this.loggingIn;
        } finally {
            this.loggingIn = undefined;
        }
        if (this.world.running) for (const each of this.tabs) each.plan();
    }

    stop() {
        clearTimeout(this.burstTimer);
        clearTimeout(this.signOutTimer);
        for (const tab of this.tabs) tab.stop();
        const last = this.sessions.at(-1);
        if (last && last.end === undefined) last.end = Date.now();
    }

    // One refresh of one tab: {status, providerInfo?, retryAfterMs?}, with the cookies as they are when it is sent, and
    // set when the answer arrives. Throws NetworkError.
    async refresh(tab, { cut, cutMs, delayMs, signal } = {}) {
        const { world, session } = this;
        const { authUrl, origin, agent, measures } = world;
        const url = `${authUrl}/oauth2/refresh?optional&scope=${encodeURIComponent(scope)}&env=development`;
        const asked = { at: Date.now(), cookie: this.cookie, newest: this.newest };
        const cookie = this.jar.header(new URL(url).pathname);
        const headers = { origin, 'x-requested-with': 'XMLHttpRequest', cookie };
        measures.refreshes += 1;
        const onHeaders = async (answer) => {
            if (delayMs) await delay(delayMs);
            // A login since then has set cookies that this answer knows nothing of; a page that waits for one makes no
            // requests, so that this is no situation of a browser.
            if (session === this.session) this.#takeCookies(answer);
        };
        const answer = await exchange(url, { agent, headers, onHeaders, cut, cutMs, signal });
        if (session !== this.session) return { status: 0 };
        measures.count(measures.statuses, answer.status);
        if (answer.status === 200) return this.#take(tab, asked, answer);
        const retryAfter = Number(answer.headers['retry-after']);
        const { code, message } = this.#errorOf(answer);
        const known = { status: answer.status, code, request: answer.headers['x-request-id'], cookie: asked.cookie };
        this.note({ event: 'refused', tab: tab.number, asked: asked.at, ...known });
        return { ...known, message, asked, retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : undefined };
    }

    #errorOf(answer) {
        try {
            const { error } = JSON.parse(answer.text);
            return { code: error.code, message: error.message };
        } catch {
            return { message: answer.text.slice(0, 200) };
        }
    }

    #takeCookies(answer) {
        for (const line of answer.setCookies) this.jar.set(line);
        answer.setsCookie = answer.setCookies.some((line) => line.startsWith('oauth2-refresh-token'));
        // The body tells whose cookie it is; until it has come, the generation is not known.
        if (answer.setsCookie) this.cookie = 'unknown';
    }

    #take(tab, asked, answer) {
        const { measures } = this.world;
        const { providerInfo } = JSON.parse(answer.text);
        const { family, generation } = readAccessToken(providerInfo.accessToken);
        const request = answer.headers['x-request-id'];
        const isStale = answer.headers['stagedoor-stale'] !== undefined;
        const now = Date.now();
        measures.addLatency(now - asked.at);
        if (isStale) measures.stale += 1;
        const about = { browser: this.name, tab: tab.number, request, family, generation, asked };
        if (family !== this.family) measures.mixedUp.push({ ...about, expected: this.family });
        if (generation < asked.newest) measures.older += 1;
        // Whole seconds, rounded down: 0 is a token in its last second.
        if (!(providerInfo.expiresInSeconds >= 0)) measures.expired.push(about);
        this.newest = Math.max(this.newest, generation);
        if (answer.setsCookie) this.cookie = generation;
        const sent = { tab: tab.number, asked: asked.at, cookie: asked.cookie };
        this.note({ event: 'fresh', ...sent, generation, isStale, request });
        return { status: 200, providerInfo };
    }

    // The session is over, by what a tab was told: everything known about it is kept, and the user logs in again, so
    // that the load stays the same.
    async signedOut(tab, answer) {
        if (this.loggingIn !== undefined) return;
        const { status, code, message, request, asked } = answer;
        this.world.measures.signedOut.push({
            browser: this.name,
            tab: tab.number,
            family: this.family,
            at: Date.now(),
            ...{ status, code, message, request },
            cookie: asked.cookie,
            newest: asked.newest,
            events: [...this.events],
        });
        await this.#beAway(async () => {
            this.jar.clear();
            if (this.world.running) await this.logIn();
        });
    }
}
