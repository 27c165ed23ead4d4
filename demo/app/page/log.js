// The list of what happened in this tab.

export function note(text) {
    const line = document.createElement('li');
    const time = document.createElement('time');
    time.textContent = new Date().toLocaleTimeString('en-GB');
    line.append(time, text);
    document.getElementById('log').append(line);
}

const refreshed = new Map();

// Whether this tab itself has refreshed the session of this provider since it was last asked.
export function hasRefreshed(provider) {
    const answer = refreshed.get(provider) ?? false;
    refreshed.set(provider, false);
    return answer;
}

// fetch(), with a line in the list for each request to the backend.
export async function told(input, options) {
    const url = new URL(input instanceof Request ? input.url : input);
    const [provider, endpoint] = url.pathname.split('/').slice(-2);
    const what = `${options?.method ?? 'GET'} /${provider}/${endpoint}`;
    const began = performance.now();
    try {
        const answer = await fetch(input, options);
        if (endpoint === 'refresh' && answer.ok) refreshed.set(provider, true);
        note(`${what}: ${answer.status} in ${Math.round(performance.now() - began)} ms`);
        return answer;
    } catch (error) {
        if (error.name !== 'AbortError') note(`${what}: ${error.message}`);
        throw error;
    }
}
