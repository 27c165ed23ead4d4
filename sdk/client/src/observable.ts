export interface Subscription {
    unsubscribe(): void;
    readonly closed: boolean;
}

export interface Observer<T> {
    next?(value: T): void;
}

/** A value that changes. Fits the Observable of TC39 and RxJS, and React's `useSyncExternalStore`. */
export interface Observable<T> {
    /** Tells the present value at once and each new one after it. */
    subscribe(observer: Observer<T> | ((value: T) => void)): Subscription;
    /** Calls `listener` after each change; what it returns ends that. */
    listen(listener: () => void): () => void;
    /** The present value; the same object until it changes. */
    getSnapshot(): T;
}

/** An observable with its value; it is not global, each owner has its own. */
export class State<T> implements Observable<T> {
    readonly #listeners = new Set<() => void>();
    #value: T;

    constructor(value: T) {
        this.#value = value;
    }

    get observed(): boolean {
        return this.#listeners.size > 0;
    }

    set(value: T): void {
        this.#value = value;
        for (const listener of [...this.#listeners]) {
            try {
                listener();
            } catch (error) {
                // An observer's fault must not stop the others, nor a login; it is told as an unhandled rejection.
                void Promise.reject(error);
            }
        }
    }

    readonly getSnapshot = (): T => this.#value;

    readonly listen = (listener: () => void): (() => void) => {
        // An own function for each call, so that the same listener can listen twice.
        const call = (): void => listener();
        this.#listeners.add(call);
        return () => void this.#listeners.delete(call);
    };

    subscribe(observer: Observer<T> | ((value: T) => void)): Subscription {
        const next = typeof observer === 'function' ? observer : (value: T) => observer.next?.(value);
        let closed = false;
        const tell = (): void => {
            if (!closed) next(this.#value);
        };
        const stop = this.listen(tell);
        tell();
        return {
            unsubscribe() {
                closed = true;
                stop();
            },
            get closed() {
                return closed;
            },
        };
    }
}

// The TC39 interop point: there only where something, such as RxJS, has defined Symbol.observable.
const interop = (Symbol as { observable?: symbol }).observable ?? '@@observable';
Object.defineProperty(State.prototype, interop, {
    configurable: true,
    value(this: unknown) {
        return this;
    },
});
