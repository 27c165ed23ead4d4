import { expect, it, vi } from 'vitest';
import { State } from '../src/observable';

it('tells the present value and each new one', () => {
    const state = new State(1);
    const seen: number[] = [];
    const subscription = state.subscribe((value) => seen.push(value));
    const other = state.subscribe({ next: (value) => seen.push(value * 10) });
    state.set(2);
    subscription.unsubscribe();
    expect([subscription.closed, other.closed]).toEqual([true, false]);
    state.set(3);
    expect(seen).toEqual([1, 10, 2, 20, 30]);
});

it('fits useSyncExternalStore', () => {
    const state = new State({ a: 1 });
    const listener = vi.fn();
    const { listen, getSnapshot } = state;
    const stop = listen(listener);
    expect(getSnapshot()).toBe(getSnapshot());
    expect(listener).not.toHaveBeenCalled();
    state.set({ a: 2 });
    stop();
    state.set({ a: 3 });
    expect(listener).toHaveBeenCalledTimes(1);
    expect(getSnapshot()).toEqual({ a: 3 });
});

it('has the interop point of TC39', () => {
    const state = new State(1) as unknown as Record<string, () => unknown>;
    expect(state['@@observable']!()).toBe(state);
});
