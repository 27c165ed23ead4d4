// The switches of how a login runs. The server of the app keeps them, so that all tabs have the same.

function consequenceOf({ flow, appCoop, providerCoop }) {
    if (flow === 'redirect') return 'The page itself goes to the provider and comes back signed in. No popup can be blocked.';
    if (appCoop === 'same-origin' || providerCoop === 'same-origin') {
        return 'The browser cuts the popup off from this page. The result comes through the backend instead.';
    }
    return 'The popup hands its result to this page by postMessage.';
}

export function showSwitches(form, consequence, switches, run) {
    for (const [name, value] of Object.entries(switches)) form.elements[name].value = value;
    consequence.textContent = consequenceOf(switches);
    form.addEventListener('change', () =>
        run(async () => {
            const headers = { 'Content-Type': 'application/json' };
            const body = JSON.stringify(Object.fromEntries(new FormData(form)));
            const answer = await fetch('switches', { method: 'POST', headers, body });
            if (!answer.ok) throw new Error(`The switches could not be set: ${answer.status}`);
            // The policy of a page is that which it was loaded with.
            location.reload();
        }),
    );
}
