import { randomBytes } from 'node:crypto';

// The refresh tokens of a provider that rotates them and detects reuse (RFC 9700, section 4.14.2): each login founds a
// family; a refresh spends a token and gives its successor, of the next generation; a spent token that comes again
// revokes the family.
//
// With `graceMs`, the token that was spent last may come again for that time: it gets another successor of the same
// generation, and that is no reuse. Once a successor was used, the grace is over. Of several successors one can be
// used; the others are spent with it, and using one of those is reuse whenever it happens.
export class Families {
    #families = new Map();
    #tokens = new Map();

    constructor({ graceMs = 0, clock = Date.now }) {
        this.graceMs = graceMs;
        this.clock = clock;
    }

    found(subject, scope) {
        const family = { id: `f${this.#families.size + 1}`, subject, scope, generation: 0, revoked: null, calls: [] };
        this.#families.set(family.id, family);
        return { family, generation: 0, refreshToken: this.#issue(family) };
    }

    find(id) {
        return this.#families.get(id);
    }

    // {outcome, family?, generation?, refreshToken?, remember?, repeated?, previous?}. The outcomes `granted` and
    // `regranted` have a refreshToken, of `generation`; `unknown`, `revoked` and `reuse` are refusals. `repeated` tells
    // of a spent token that came again: {spent: its generation, newest: that of the newest token}. `previous` is what
    // `remember` was given when it was used before; nothing, if another token of its generation was.
    refresh(token) {
        const entry = this.#tokens.get(token);
        if (!entry) return { outcome: 'unknown' };
        const { family, generation } = entry;
        const repeated = { spent: generation, newest: family.generation };
        const known = { family, generation, repeated, previous: entry.answer };
        if (family.revoked) return { outcome: 'revoked', ...known };
        const isNewest = generation === family.generation;
        if (entry.spentAt === null && isNewest) {
            entry.spentAt = this.clock();
            family.generation += 1;
            return this.#successor('granted', entry, known);
        }
        const isJustSpent = entry.spentAt !== null && generation === family.generation - 1;
        if (isJustSpent && this.clock() - entry.spentAt < this.graceMs) {
            return this.#successor('regranted', entry, known);
        }
        family.revoked = 'reuse';
        return { outcome: 'reuse', ...known };
    }

    // RFC 7009: the whole family ends. True if there was one.
    revoke(token, reason = 'revoked') {
        const family = this.#tokens.get(token)?.family;
        return family ? this.revokeFamily(family.id, reason) : false;
    }

    revokeFamily(id, reason) {
        const family = this.#families.get(id);
        if (!family || family.revoked) return false;
        family.revoked = reason;
        return true;
    }

    #successor(outcome, entry, known) {
        return {
            ...known,
            outcome,
            generation: entry.generation + 1,
            refreshToken: this.#issue(entry.family),
            remember: (answer) => {
                entry.answer = answer;
            },
        };
    }

    #issue(family) {
        const token = `rt.${family.id}.${family.generation}.${randomBytes(18).toString('base64url')}`;
        this.#tokens.set(token, { family, generation: family.generation, spentAt: null, answer: null });
        return token;
    }
}
