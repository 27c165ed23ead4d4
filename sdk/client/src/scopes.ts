/** Scopes as apps write them: `'openid email'` or `['openid', 'email']`. */
export type Scopes = string | readonly string[];

export type ScopeTransform = (scopes: string[]) => string[];

/** Splits at blanks, `|` and `,`. */
export function splitScopes(scopes: Scopes = []): string[] {
    return typeof scopes === 'string' ? scopes.split(/[\s|,]+/).filter(Boolean) : [...scopes];
}

export function union(...lists: (readonly string[] | undefined)[]): string[] {
    return [...new Set(lists.flatMap((list) => list ?? []))];
}

export function covers(granted: readonly string[], wanted: readonly string[]): boolean {
    return wanted.every((scope) => granted.includes(scope));
}
