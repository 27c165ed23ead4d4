// Signs in with a popup, renews without one, signs out. `base` is {backend.baseUrl}/api/auth, `provider` and `env` are
// keys of auth.providers; scopes are separated by spaces. Each answer is {profile, providerInfo, backstageIdentity?}.
export function stagedoor(base, provider, env) {
    const url = (path, query) => `${base}/${provider}/${path}?${new URLSearchParams({ ...query, env })}`;
    const call = async (method, path, query) => {
        const headers = { 'X-Requested-With': 'XMLHttpRequest' };
        const answer = await fetch(url(path, query), { method, headers, credentials: 'include' });
        const body = await answer.json().catch(() => ({}));
        if (!answer.ok) throw Object.assign(new Error(body.error?.message), { status: answer.status });
        return body;
    };
    return {
        // Call it from a click, or the browser blocks the popup.
        signIn(scope) {
            const start = url('start', { scope, origin: location.origin, flow: 'popup' });
            const popup = window.open(start, `${provider}-login`, 'popup,width=450,height=730');
            if (!popup) return Promise.reject(new Error('The browser blocked the popup'));
            return new Promise((resolve, reject) => {
                const settle = (act, value) => {
                    clearInterval(watch);
                    removeEventListener('message', receive);
                    act(value);
                };
                const receive = ({ source, origin, data }) => {
                    if (source !== popup || origin !== new URL(base).origin) return;
                    if (data?.type !== 'authorization_response') return;
                    if (data.error) settle(reject, new Error(data.error.message));
                    else settle(resolve, data.response);
                };
                const watch = setInterval(() => popup.closed && settle(reject, new Error('The popup was closed')), 200);
                addEventListener('message', receive);
            });
        },
        refresh: (scope = '') => call('GET', 'refresh', { scope }),
        signOut: () => call('POST', 'logout'),
    };
}
