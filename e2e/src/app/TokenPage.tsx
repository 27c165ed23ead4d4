// The page a person sees: for each login a button that asks for a token, one that signs out, and what came of
// it.

import { useEffect, useState } from 'react';
import { openLoginPopup } from '@backstage/core-app-api';
import { useApi, useApiHolder } from '@backstage/core-plugin-api';
import type { Login } from './logins';

function useTestHooks(logins: Login[]) {
    const holder = useApiHolder();
    const [ready, setReady] = useState(false);
    useEffect(() => {
        const apis = Object.fromEntries(logins.map((login) => [login.name, holder.get(login.ref)!]));
        const sessionStates: Record<string, string[]> = {};
        const subscriptions = logins.map(({ name }) => {
            sessionStates[name] = [];
            return apis[name].sessionState$().subscribe((state) => sessionStates[name].push(state));
        });
        window.stagedoorTest = { apis, sessionStates, openLoginPopup };
        setReady(true);
        return () => subscriptions.forEach((subscription) => subscription.unsubscribe());
    }, [holder, logins]);
    return ready;
}

export function TokenPage({ logins }: { logins: Login[] }) {
    const ready = useTestHooks(logins);
    return (
        <main data-ready={ready}>
            <h1>Tokens</h1>
            {logins.map((login) => (
                <LoginRow key={login.name} login={login} />
            ))}
        </main>
    );
}

function LoginRow({ login }: { login: Login }) {
    const api = useApi(login.ref);
    const [outcome, setOutcome] = useState('');
    const show = (work: Promise<unknown>) =>
        work.then(
            (value) => setOutcome(String(value)),
            (error: Error) => setOutcome(`${error.name}: ${error.message}`),
        );
    return (
        <section aria-label={login.name}>
            <h2>{login.title}</h2>
            <button onClick={() => show(api.getAccessToken())}>Get a token</button>
            <button onClick={() => show(api.signOut().then(() => 'signed out'))}>Sign out</button>
            <output>{outcome}</output>
        </section>
    );
}
