import { createHash } from 'node:crypto';

// Random numbers that a seed repeats (mulberry32). A part of the soak that wants its own row of them forks it by name,
// so that one part's draws do not move another's.
export class SeededRandom {
    #state;
    #seed;

    constructor(seed) {
        this.#seed = String(seed);
        this.#state = createHash('sha256').update(this.#seed).digest().readUInt32LE(0);
    }

    fork(name) {
        return new SeededRandom(`${this.#seed}/${name}`);
    }

    // In [0, 1).
    unit() {
        this.#state = (this.#state + 0x6d2b79f5) >>> 0;
        let word = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
        word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
        return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
    }

    between(low, high) {
        return low + (high - low) * this.unit();
    }

    chance(probability) {
        return this.unit() < probability;
    }

    pick(list) {
        return list[Math.floor(this.unit() * list.length)];
    }

    // The time to the next of events that come at random, one in `mean` on average.
    exponential(mean) {
        return -mean * Math.log(1 - this.unit());
    }
}
