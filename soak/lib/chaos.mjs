import { setTimeout as delay } from 'node:timers/promises';
import { faultKinds } from './provider/faults.mjs';

// Mean seconds between two of a kind.
export const chaosMeans = { kill: 5, stall: 9, database: 20 };
const faultShare = 0.1;
const slowMs = 1500;

// What goes wrong, at random: replicas are killed (SIGKILL) and restarted, stopped for a while (SIGSTOP) so that leases
// run out behind their backs, PostgreSQL is restarted as by a crash, and a share of the provider's answers is spoiled.
export class Chaos {
    events = []; // {kind, replica?, from, to?}
    #abort = new AbortController();
    #loops = [];

    constructor({ cluster, strict, random }) {
        Object.assign(this, { cluster, strict, random });
    }

    async start() {
        const kinds = Object.keys(faultKinds).filter((kind) => !(this.strict && faultKinds[kind].spent));
        const fault = { kinds, grant: 'refresh_token', probability: faultShare, delayMs: slowMs };
        await this.cluster.provider.admin('POST', 'faults', fault);
        this.#loops = [
            this.#every('kill', (random) => this.#kill(random)),
            this.#every('stall', (random) => this.#stall(random)),
        ];
        if (this.cluster.database) this.#loops.push(this.#every('database', () => this.#restartDatabase()));
    }

    // No further trouble; all that is under way is brought to its end.
    async stop() {
        this.#abort.abort();
        const results = await Promise.allSettled(this.#loops);
        await this.cluster.provider.admin('DELETE', 'faults');
        const failed = results.find(({ status }) => status === 'rejected');
        if (failed) throw failed.reason;
    }

    count(kind) {
        return this.events.filter((event) => event.kind === kind).length;
    }

    async #every(kind, act) {
        const random = this.random.fork(kind);
        const mean = chaosMeans[kind] * 1000;
        // The first one is not left to luck, so that a short run has each kind.
        for (let wait = mean * random.unit(); await this.#wait(wait); wait = random.exponential(mean)) await act(random);
    }

    // False if the chaos has ended meanwhile.
    async #wait(ms) {
        await delay(ms, undefined, { signal: this.#abort.signal }).catch(() => {});
        return !this.#abort.signal.aborted;
    }

    #begin(kind, replica) {
        const event = { kind, replica: replica?.name, from: Date.now() };
        this.events.push(event);
        return event;
    }

    async #kill(random) {
        const replica = random.pick(this.cluster.replicas);
        const event = this.#begin('kill', replica);
        await replica.kill();
        await this.#wait(random.between(0, 1500));
        await replica.start();
        event.to = Date.now();
    }

    async #stall(random) {
        const replica = random.pick(this.cluster.replicas);
        if (!replica.isRunning) return;
        const event = this.#begin('stall', replica);
        replica.stall();
        await this.#wait(random.between(300, 6000));
        replica.resume();
        event.to = Date.now();
    }

    async #restartDatabase() {
        const event = this.#begin('database');
        await this.cluster.database.restart();
        event.to = Date.now();
    }
}
