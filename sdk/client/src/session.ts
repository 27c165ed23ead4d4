import { splitScopes, type ScopeTransform } from './scopes.js';

export interface Profile {
    email?: string;
    displayName?: string;
    picture?: string;
}

/** The Backstage identity, if the backend issues one. */
export interface Identity {
    token: string;
    identity: { type: 'user'; userEntityRef: string; ownershipEntityRefs: string[] };
    expiresAt?: Date;
}

/** What `/refresh` answers, and what a login brings. */
export interface AuthorizationResponse {
    profile?: Profile;
    providerInfo: {
        accessToken: string;
        idToken?: string;
        scope?: string;
        /** A numeric string where the provider's token endpoint answers with a form. */
        expiresInSeconds?: number | string;
    };
    backstageIdentity?: Omit<Identity, 'expiresAt'> & { expiresInSeconds?: number };
}

/** A session as a tab holds it, in memory only, and hands it to its siblings. */
export interface Session {
    readonly accessToken: string;
    readonly idToken: string;
    readonly scopes: readonly string[];
    readonly profile: Profile;
    readonly identity: Identity | undefined;
    /** Times in milliseconds since the epoch. */
    readonly receivedAt: number;
    readonly expiresAt: number | undefined;
    /** The end of the access token or of the identity, whichever is first; infinite if neither has one. */
    readonly endsAt: number;
    /** The backend could not renew and has sent its last answer again. */
    readonly stale: boolean;
}

/** What an app may know of a session without asking for a token. */
export type SessionState =
    | { readonly status: 'signed-out' }
    | {
          readonly status: 'signed-in';
          readonly profile: Profile;
          readonly scopes: string[];
          readonly expiresAt?: Date;
          /** The last renewal failed; it is tried again. */
          readonly stale: boolean;
      };

export function toSession(
    response: AuthorizationResponse,
    scopeTransform: ScopeTransform,
    stale = false,
): Session {
    const now = Date.now();
    const end = (seconds: unknown): number | undefined => (Number(seconds) ? now + Number(seconds) * 1000 : undefined);
    const { providerInfo, backstageIdentity: identity } = response;
    const expiresAt = end(providerInfo.expiresInSeconds);
    const identityEnd = end(identity?.expiresInSeconds);
    return {
        accessToken: providerInfo.accessToken,
        idToken: providerInfo.idToken ?? '',
        scopes: scopeTransform(splitScopes(providerInfo.scope)),
        profile: response.profile ?? {},
        identity: identity && { ...identity, ...(identityEnd && { expiresAt: new Date(identityEnd) }) },
        receivedAt: now,
        expiresAt,
        endsAt: Math.min(expiresAt ?? Infinity, identityEnd ?? Infinity),
        stale,
    };
}

/** How long before its end a session is renewed: three minutes, or a fifth of a short life. */
export function renewalSpan(session: Session): number {
    return Math.min(180_000, (session.endsAt - session.receivedAt) / 5);
}
