// Where oidc-provider keeps its sessions, grants and tokens: here in memory, gone when the demo ends.
const store = new Map();
const grantable = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

export class MemoryAdapter {
    #model;

    constructor(model) {
        this.#model = model;
    }

    #key(id) {
        return `${this.#model}:${id}`;
    }

    async upsert(id, payload, expiresIn) {
        const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Infinity;
        store.set(this.#key(id), { payload, expiresAt });
    }

    async find(id) {
        const entry = store.get(this.#key(id));
        if (entry && entry.expiresAt > Date.now()) return entry.payload;
        store.delete(this.#key(id));
        return undefined;
    }

    async findByUid(uid) {
        const prefix = `${this.#model}:`;
        for (const [key, { payload }] of store) {
            if (key.startsWith(prefix) && payload.uid === uid) return this.find(key.slice(prefix.length));
        }
        return undefined;
    }

    async consume(id) {
        const payload = await this.find(id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
        store.delete(this.#key(id));
    }

    async revokeByGrantId(grantId) {
        for (const [key, { payload }] of store) {
            if (payload.grantId === grantId && grantable.has(key.slice(0, key.indexOf(':')))) store.delete(key);
        }
    }
}
