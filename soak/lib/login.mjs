import { exchange } from './exchange.mjs';

export class LoginFailed extends Error {}

// What the popup's page posts to the app: the last of the JSON texts that its script decodes.
export function postedResult(page) {
    const texts = [...page.matchAll(/JSON\.parse\(decodeURIComponent\('([^']*)'\)\)/g)];
    const results = texts.map(([, text]) => JSON.parse(decodeURIComponent(text)));
    const result = results.find((message) => message?.type === 'authorization_response');
    if (!result) throw new LoginFailed('the page posts no result');
    if (result.error) throw new LoginFailed(`${result.error.name}: ${result.error.message}`);
    return result.response;
}

// Logs in as a popup would: /start, the provider, /handler/frame. Yields the response that the app gets.
export async function logIn({ authUrl, origin, scope, agent, jar }) {
    const query = new URLSearchParams({ env: 'development', scope, origin, flow: 'popup' });
    let url = new URL(`${authUrl}/oauth2/start?${query}`);
    const home = url.origin;
    for (let step = 0; step < 3; step += 1) {
        const isHome = url.origin === home;
        const cookie = isHome ? jar.header(url.pathname) : '';
        const answer = await exchange(url, { agent, headers: cookie ? { cookie } : {} });
        if (isHome) for (const line of answer.setCookies) jar.set(line);
        if (answer.status === 200) return postedResult(answer.text);
        if (answer.status !== 302) throw new LoginFailed(`${url.pathname} answered ${answer.status}`);
        url = new URL(answer.headers.location, url);
    }
    throw new LoginFailed('there was no end of redirects');
}
