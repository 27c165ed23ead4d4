import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOf, explain } from '../lib/verdicts.mjs';

const answered = { asked: 9990, at: 10_000, caller: 'r1', delivered: true };
const repetition = { family: 'f1', outcome: 'reuse', spent: 4, newest: 5, at: 11_000, caller: 'r3', previous: answered };
const kill = { kind: 'kill', replica: 'r1', from: 10_002, to: 10_900 };

test('an answer is lost by a kill of who got it, before its token came again', () => {
    assert.equal(causeOf(repetition, [kill]), 'kill');
    assert.equal(causeOf(repetition, [{ ...kill, replica: 'r2' }]), 'unexplained');
    assert.equal(causeOf(repetition, [{ ...kill, from: 11_001, to: 12_000 }]), 'unexplained');
});

test('a call that was slow is under way from when it came', () => {
    const slow = { ...answered, asked: 8500 };
    const duringTheCall = { ...kill, from: 8600, to: 9700 };
    assert.equal(causeOf({ ...repetition, previous: slow }, [duringTheCall]), 'kill');
    assert.equal(causeOf(repetition, [duringTheCall]), 'unexplained');
});

test('a stall, or a restart of the database, explains it too', () => {
    assert.equal(causeOf(repetition, [{ kind: 'stall', replica: 'r1', from: 9000 }]), 'stall');
    assert.equal(causeOf(repetition, [{ kind: 'database', from: 9000, to: 9500 }]), 'database');
    assert.equal(causeOf(repetition, [{ kind: 'database', from: 1000, to: 1500 }]), 'unexplained');
});

test('so does a stall of who sent the token again, if he was stopped since it was spent', () => {
    const stall = { kind: 'stall', replica: 'r3', from: 9000, to: 10_998 };
    assert.equal(causeOf(repetition, [stall]), 'woken');
    assert.equal(causeOf(repetition, [{ ...stall, to: 9989 }]), 'unexplained');
});

test('an answer that the provider spoiled is its own doing', () => {
    const spoiled = { ...answered, delivered: false, fault: 'closed-after', spoiled: true };
    assert.equal(causeOf({ ...repetition, previous: spoiled }, [kill]), 'provider');
    const slow = { ...answered, delivered: false, fault: 'slow' };
    assert.equal(causeOf({ ...repetition, previous: slow }, [kill]), 'kill');
});

test('an answer whose token was used since was not lost, whatever else happened', () => {
    assert.equal(causeOf({ ...repetition, newest: 6 }, [kill]), 'unexplained');
    assert.equal(causeOf({ ...repetition, previous: {} }, [kill]), 'unexplained');
});

test('a sign-out is explained by the lost answer of its own family alone', () => {
    const signedOut = [{ family: 'f1' }, { family: 'f2' }];
    const result = explain({ repetitions: [repetition], signedOut, events: [kill] });
    assert.deepEqual(result.signedOut.map(({ explained }) => explained), ['kill', null]);
});
