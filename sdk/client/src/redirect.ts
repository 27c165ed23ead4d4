import { toError, type Backend, type Query } from './backend.js';
import type { Browser } from './browser.js';
import type { StagedoorError } from './errors.js';

// What the backend adds to the address that a failed login returns to.
const parameter = 'error';

/** Leaves the page for the login; the session is there when the page is loaded again. Never settles. */
export function loginByRedirect(
    browser: Browser,
    backend: Backend,
    query: Query,
): Promise<never> {
    const { location } = browser.window!;
    const back = new URL(location.href);
    back.searchParams.delete(parameter);
    location.assign(backend.url('start', { ...query, redirectUrl: back.href, flow: 'redirect' }));
    return new Promise(() => {});
}

/** The error that a login by redirect has ended with; it is taken out of the page's address. */
export function redirectError(browser: Browser): StagedoorError | undefined {
    const page = browser.window;
    if (!page) return undefined;
    const address = new URL(page.location.href);
    const message = address.searchParams.get(parameter);
    if (!message) return undefined;
    address.searchParams.delete(parameter);
    page.history.replaceState(page.history.state, '', address.href);
    return toError({ message });
}
