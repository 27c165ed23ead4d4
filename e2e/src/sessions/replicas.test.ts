// Two processes on one SQLite file, in front of a provider that ends a login when a refresh token is used twice.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { causeOf, Deployment, tokenOf } from './deployment';
import { RotatingProvider } from './rotatingProvider';

/** Within this time a sign-out counts everywhere, in milliseconds. */
const signOutBound = 1000;

let provider: RotatingProvider;
let deployment: Deployment;
before(async () => {
    provider = await RotatingProvider.start();
    const providers = { oauth2: { development: provider.settings } };
    deployment = await Deployment.start({ providers }, { replicas: 2 });
});
after(async () => {
    await deployment?.stop();
    await provider?.stop();
});

test('twenty refreshes at once with one cookie, at two replicas, are one call', async () => {
    const browser = deployment.browser();
    await browser.logIn();
    for (let round = 0; round < 2; round++) {
        const before = await provider.stats();
        // Another scope in the second round, so that nothing is answered from the first.
        const scope = round === 0 ? '' : 'reports:read';
        const tabs = Array.from({ length: 20 }, () => browser.copy());
        const answers = await Promise.all(
            tabs.map((tab, index) => tab.refresh({ scope, replica: index % 2 })),
        );
        assert.equal(new Set(answers.map(tokenOf)).size, 1);
        const { calls, granted, reuse } = await provider.stats();
        assert.deepEqual([calls, granted, reuse], [before.calls + 1, before.granted + 1, before.reuse]);
    }
    // The browser has kept the cookie of its login all the while.
    tokenOf(await browser.refresh({ scope: 'reports:write', replica: 1 }));
    assert.equal((await provider.stats()).reuse, 0);
});

for (const mode of ['cookie', 'store']) {
    test(`mode ${mode}: a copy of the cookie is signed out everywhere within a second`, async () => {
        await deployment.restart({ session: { mode } });
        const browser = deployment.browser();
        await browser.logIn();
        tokenOf(await browser.refresh());
        const copy = browser.copy();
        // The other replica knows the session, and could answer without a look into the store.
        tokenOf(await copy.refresh({ replica: 1 }));
        const { revocations } = await provider.stats();
        assert.equal((await browser.logOut()).status, 200);
        const signedOut = performance.now();
        let asked = performance.now();
        let answer = await copy.refresh({ replica: 1 });
        while (answer.status === 200) {
            assert.ok(asked < signedOut + signOutBound, 'it was answered more than a second later');
            asked = performance.now();
            answer = await copy.refresh({ replica: 1 });
        }
        assert.deepEqual([answer.status, causeOf(answer)], [401, 'session.signed_out']);
        // It stays so, on both, and for whoever asks with another scope.
        for (const replica of [0, 1]) {
            const again = await copy.refresh({ replica, scope: 'reports:read' });
            assert.deepEqual([again.status, causeOf(again)], [401, 'session.signed_out']);
        }
        assert.equal((await provider.stats()).revocations, revocations + 1);
    });
}

test('a process is killed while the answer is under way: the old cookie goes on', async (t) => {
    // For so long the dead process is waited for.
    await deployment.restart({ session: { mode: 'cookie', lease: '1s' } });
    await provider.set({ graceMs: 60_000 });
    t.after(() => provider.set({ graceMs: 0 }));
    const browser = deployment.browser();
    await browser.logIn();
    const before = await provider.stats();
    await provider.fail({ kind: 'slow', delayMs: 1000, next: 1 });
    const unanswered = browser.refresh().then(
        () => 'answered',
        () => 'lost',
    );
    await until(async () => (await provider.stats()).faults.slow === 1);
    await deployment.kill(0);
    assert.equal(await unanswered, 'lost');
    await until(async () => (await provider.stats()).granted === before.granted + 1);

    await deployment.restart();
    tokenOf(await browser.refresh());
    tokenOf(await browser.refresh({ scope: 'reports:read', replica: 1 }));
    const { regranted, reuse } = await provider.stats();
    assert.deepEqual([regranted, reuse], [before.regranted + 1, before.reuse]);
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
    while (!(await isTrue())) await pause(10);
}
