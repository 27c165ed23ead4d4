/**
 * Stagedoor for React 18 and 19.
 *
 * @module
 */
import type { AuthApi, AuthOptions, Scopes, SessionState, Stagedoor, StagedoorError } from '@stagedoor/client';
import type { LoginDialogTexts, StagedoorLoginDialog } from '@stagedoor/client/dialog';
import {
    createContext,
    createElement,
    useCallback,
    useContext,
    useEffect,
    useRef,
    useState,
    useSyncExternalStore,
    type ReactNode,
} from 'react';

const Context = createContext<Stagedoor | undefined>(undefined);

export interface StagedoorProviderProps {
    value: Stagedoor;
    children?: ReactNode;
}

/** Makes a `Stagedoor` known to all components below. */
export function StagedoorProvider({ value, children }: StagedoorProviderProps): ReactNode {
    return createElement(Context.Provider, { value }, children);
}

/** The `Stagedoor` of the {@link StagedoorProvider} above. */
export function useStagedoor(): Stagedoor {
    const stagedoor = useContext(Context);
    if (!stagedoor) throw new Error('There is no <StagedoorProvider> above this component');
    return stagedoor;
}

const signedOut: SessionState = { status: 'signed-out' };
const nobody = (): SessionState => signedOut;

/** The session of a provider; renders again when it changes, in this tab or in another one. */
export function useSession(api: AuthApi): SessionState {
    // A server knows no session, and the first render of the page must agree with it.
    return useSyncExternalStore(api.session.listen, api.session.getSnapshot, nobody);
}

export interface AccessToken {
    /** The token, fresh; `undefined` unless the status is `ready`. */
    token: string | undefined;
    /** `signed-out`: a login is needed; `error`: see `error`. */
    status: 'loading' | 'ready' | 'signed-out' | 'error';
    error: StagedoorError | undefined;
    /** Asks the user to log in, with a popup. To be called in a click. */
    request(options?: AuthOptions): Promise<void>;
}

export interface UseAccessTokenOptions {
    /** Default `true`: no login is asked for before `request` is called. `false` queues one for the dialog. */
    optional?: boolean;
}

type Result = Omit<AccessToken, 'request'>;

const loading: Result = { token: undefined, status: 'loading', error: undefined };

function failed(error: unknown): Result {
    return { token: undefined, status: 'error', error: error as StagedoorError };
}

function got(token: string): Result {
    return { token: token || undefined, status: token ? 'ready' : 'signed-out', error: undefined };
}

/** An access token with these scopes; renders again when it is renewed, and when the session ends. */
export function useAccessToken(
    api: AuthApi,
    scopes: Scopes = [],
    { optional = true }: UseAccessTokenOptions = {},
): AccessToken {
    const session = useSession(api);
    const [result, setResult] = useState(loading);
    // Arrays are new at each render; what they hold is what counts.
    const wanted = typeof scopes === 'string' ? scopes : scopes.join(' ');
    const latest = useRef(0);

    const get = useCallback(
        async (options: AuthOptions): Promise<void> => {
            const turn = ++latest.current;
            // The call is first: it may have to open a popup in the click.
            const outcome = await api.getAccessToken(wanted, options).then(got, failed);
            if (turn === latest.current && !options.signal?.aborted) setResult(outcome);
        },
        [api, wanted],
    );

    useEffect(() => {
        const control = new AbortController();
        void get({ optional, signal: control.signal });
        return () => control.abort();
    }, [get, optional, session]);

    const request = useCallback((options: AuthOptions = {}) => get({ instantPopup: true, ...options }), [get]);
    return { ...result, request };
}

export interface LoginDialogProps {
    /** Default: the one of the {@link StagedoorProvider}. */
    stagedoor?: Stagedoor;
    texts?: Partial<LoginDialogTexts>;
    className?: string;
}

/** The login dialog. It opens by itself when a login is asked for. */
export function LoginDialog({ stagedoor, texts, className }: LoginDialogProps): ReactNode {
    const inherited = useContext(Context);
    const source = stagedoor ?? inherited;
    const place = useRef<StagedoorLoginDialog | null>(null);

    useEffect(() => {
        let gone = false;
        // Only in the browser: a server that renders has no custom elements.
        void import('@stagedoor/client/dialog').then(() => {
            const dialog = place.current;
            if (gone || !dialog) return;
            if (texts) dialog.texts = texts as LoginDialogTexts;
            dialog.stagedoor = source;
        });
        return () => {
            gone = true;
        };
    }, [source, texts]);

    return createElement('stagedoor-login-dialog', { ref: place, class: className });
}
