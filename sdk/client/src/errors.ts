/** The stable codes of {@link StagedoorError}; `docs/sdk/errors.md` has a section for each. */
export type ErrorCode =
    | 'popup_blocked'
    | 'popup_closed'
    | 'rejected'
    | 'denied'
    | 'origin_not_allowed'
    | 'session_ended'
    | 'retryable'
    | 'configuration';

/** What every error of this package is. */
export class StagedoorError extends Error {
    /** Stable: switch on this, not on the message. */
    declare readonly code: ErrorCode;
    /** The section of `docs/sdk/errors.md` about it. */
    declare readonly docs: string;
    /** The backend's code of the cause, as `docs/errors.md` lists them, where the backend has named one. */
    declare readonly reason: string | undefined;

    constructor(code: ErrorCode, message: string, reason?: string, cause?: unknown) {
        super(message, cause === undefined ? undefined : { cause });
        this.name = 'StagedoorError';
        this.code = code;
        this.docs = `#${code}`;
        this.reason = reason;
    }

    /** Whether the same call can succeed later without the user. */
    get retryable(): boolean {
        return this.code === 'retryable';
    }
}

/** The browser did not let the popup open: the call was not made in a click, or popups are blocked. */
export class PopupBlockedError extends StagedoorError {
    constructor() {
        super('popup_blocked', 'The browser blocked the login window');
    }
}

/** The login window was closed before the login was complete. */
export class PopupClosedError extends StagedoorError {
    constructor() {
        super('popup_closed', 'The login window was closed');
    }
}

/** The user turned the login request down in the app. */
export class RejectedError extends StagedoorError {
    constructor() {
        super('rejected', 'Login failed, rejected by user');
    }
}

/** The user or the provider said no at the provider. */
export class DeniedError extends StagedoorError {
    constructor(message: string, reason?: string) {
        super('denied', message, reason);
    }
}

/** The backend does not serve pages of this origin. */
export class OriginNotAllowedError extends StagedoorError {
    /** The origin that the backend expects, where it has told. */
    declare readonly expected: string | undefined;

    constructor(message: string, expected?: string) {
        super('origin_not_allowed', message);
        this.expected = expected;
    }
}

/** There is no session, or no longer; a login is needed. */
export class SessionEndedError extends StagedoorError {
    constructor(message = 'The session has ended', reason?: string) {
        super('session_ended', message, reason);
    }
}

/** The backend or the provider could not be reached or gave no answer of use. The session goes on. */
export class RetryableError extends StagedoorError {
    /** When the backend wants to be asked again, in milliseconds from now. */
    declare readonly retryAfter: number | undefined;

    constructor(message: string, retryAfter?: number, reason?: string, cause?: unknown) {
        super('retryable', message, reason, cause);
        this.retryAfter = retryAfter;
    }
}

/** Something is set up in a way that can't work, here, at the backend or at the provider. */
export class ConfigurationError extends StagedoorError {
    constructor(message: string, reason?: string) {
        super('configuration', message, reason);
    }
}
