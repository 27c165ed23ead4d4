import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Families } from '../lib/provider/families.mjs';

function start(graceMs = 0) {
    const clock = { now: 1000 };
    const families = new Families({ graceMs, clock: () => clock.now });
    const { family, refreshToken } = families.found('user-1', 'read');
    return { families, family, first: refreshToken, clock };
}

test('a refresh spends the token and gives its successor', () => {
    const { families, first } = start();
    const second = families.refresh(first);
    assert.equal(second.outcome, 'granted');
    assert.equal(second.generation, 1);
    const third = families.refresh(second.refreshToken);
    assert.equal(third.outcome, 'granted');
    assert.equal(third.generation, 2);
});

test('without a grace time, a spent token revokes the family, the newest token included', () => {
    const { families, first, family } = start();
    const { refreshToken } = families.refresh(first);
    assert.equal(families.refresh(first).outcome, 'reuse');
    assert.equal(family.revoked, 'reuse');
    assert.equal(families.refresh(refreshToken).outcome, 'revoked');
});

test('a family that is revoked takes no other with it', () => {
    const { families, first } = start();
    const other = families.found('user-2', 'read');
    families.refresh(first);
    families.refresh(first);
    assert.equal(families.refresh(other.refreshToken).outcome, 'granted');
});

test('within the grace time, the token spent last gives another successor of the same generation', () => {
    const { families, first, family, clock } = start(500);
    const lost = families.refresh(first);
    clock.now += 499;
    const again = families.refresh(first);
    assert.equal(again.outcome, 'regranted');
    assert.equal(again.generation, lost.generation);
    assert.notEqual(again.refreshToken, lost.refreshToken);
    assert.equal(family.revoked, null);
    assert.equal(families.refresh(again.refreshToken).outcome, 'granted');
});

test('after the grace time it is reuse', () => {
    const { families, first, clock } = start(500);
    families.refresh(first);
    clock.now += 500;
    assert.equal(families.refresh(first).outcome, 'reuse');
});

test('the use of a successor ends the grace time', () => {
    const { families, first } = start(500);
    const { refreshToken } = families.refresh(first);
    families.refresh(refreshToken);
    const { outcome, repeated } = families.refresh(first);
    assert.equal(outcome, 'reuse');
    assert.deepEqual(repeated, { spent: 0, newest: 2 });
});

test('of two successors of one token, the use of both is reuse', () => {
    const { families, first } = start(500);
    const one = families.refresh(first);
    const other = families.refresh(first);
    assert.equal(families.refresh(other.refreshToken).outcome, 'granted');
    assert.equal(families.refresh(one.refreshToken).outcome, 'reuse');
});

test('what is no token, and what was revoked, is refused', () => {
    const { families, first, family } = start();
    assert.equal(families.refresh('rt.f1.0.made-up').outcome, 'unknown');
    assert.equal(families.revoke(first), true);
    assert.equal(families.refresh(first).outcome, 'revoked');
    assert.equal(family.revoked, 'revoked');
});
