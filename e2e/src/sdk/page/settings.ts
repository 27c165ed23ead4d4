// What the server of the test page writes into it.

export interface PageSettings {
    /** The address of the auth service, without a slash at its end. */
    baseUrl: string;
    flow: 'popup' | 'redirect';
    blockedFallback: 'redirect' | 'none';
}

export function readSettings(): PageSettings {
    return JSON.parse(document.getElementById('settings')?.textContent ?? '{}');
}
