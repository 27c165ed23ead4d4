import { setTimeout as delay } from 'node:timers/promises';
import { exchange, NetworkError } from './exchange.mjs';

// From a sign-out on, how long a replica may take to hear of it.
const heardMs = 1000;
const insistMs = 60_000;

const headersOf = ({ origin }, cookie) => ({ origin, 'x-requested-with': 'XMLHttpRequest', cookie });

// Repeats `send` until it is answered with one of `statuses`.
async function insist(browser, statuses, send) {
    const deadline = Date.now() + insistMs;
    for (;;) {
        let last;
        try {
            const answer = await send();
            if (statuses.includes(answer.status)) return answer;
            last = answer.status;
        } catch (error) {
            if (!(error instanceof NetworkError)) throw error;
            last = error.code;
        }
        if (Date.now() > deadline) throw new Error(`${browser.name} was not answered for a long time, last ${last}`);
        await delay(browser.random.between(100, 500));
    }
}

// The user signs out. Yields the cookies that this made worthless.
export async function signOut(browser) {
    const { world, jar } = browser;
    const url = `${world.authUrl}/oauth2/logout?env=development`;
    const cookie = jar.header(new URL(url).pathname);
    const send = () => exchange(url, { agent: world.agent, method: 'POST', headers: headersOf(world, cookie) });
    const answer = await insist(browser, [200], send);
    for (const line of answer.setCookies) jar.set(line);
    return cookie;
}

// A copy of the cookies of a session that was signed out is tried once everybody has heard of it. An answer that says
// it is stale is counted apart: without the store a replica hears of nothing.
export async function tryStolen(browser, cookie, family) {
    const { world } = browser;
    await delay(heardMs);
    const url = `${world.authUrl}/oauth2/refresh?optional&scope=read%20write&env=development`;
    const send = () => exchange(url, { agent: world.agent, headers: headersOf(world, cookie) });
    const answer = await insist(browser, [200, 401], send);
    world.measures.count(world.measures.stolen, answer.status === 200 ? 'answered' : 'refused');
    if (answer.status !== 200) return;
    const isStale = answer.headers['stagedoor-stale'] !== undefined;
    const about = { browser: browser.name, family, at: Date.now(), request: answer.headers['x-request-id'], isStale };
    world.measures.revived.push(about);
}
