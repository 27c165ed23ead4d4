// What the browsers saw.

const sampleSize = 100_000;

export class Measures {
    refreshes = 0; // requests sent
    statuses = {};
    networkErrors = {};
    stale = 0; // of those answered: with the field Stagedoor-Stale
    logins = 0;
    failedLogins = 0;
    older = 0; // an answer older than one that the browser had when it asked
    expired = []; // access tokens that were over when they came
    mixedUp = []; // another user's answer
    unexpected = []; // a status that no provider's failure explains
    signedOut = [];
    signOuts = 0; // by users
    stolen = {}; // what cookies that were signed out got
    revived = []; // those that got tokens
    unanswered = []; // in the end, no answer for a long time
    #latencies = [];
    #answered = 0;

    constructor(random) {
        this.random = random;
    }

    count(map, key) {
        map[key] = (map[key] ?? 0) + 1;
    }

    // Keeps a sample in which each answer is equally likely (Vitter's algorithm R).
    addLatency(ms) {
        this.#answered += 1;
        if (this.#latencies.length < sampleSize) this.#latencies.push(ms);
        else {
            const at = Math.floor(this.random.unit() * this.#answered);
            if (at < sampleSize) this.#latencies[at] = ms;
        }
    }

    // Milliseconds of refreshes that were answered with 200.
    latencies() {
        const sorted = [...this.#latencies].sort((a, b) => a - b);
        const at = (share) => Math.round(10 * (sorted[Math.ceil(share * sorted.length) - 1] ?? 0)) / 10;
        return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
    }
}
