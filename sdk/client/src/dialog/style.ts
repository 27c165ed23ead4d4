// Colors come in pairs for light and dark; each can be replaced by a custom property (docs/sdk/dialog.md).
export const style = `
:host { color-scheme: light dark; }
* { box-sizing: border-box; }
dialog {
    --accent: var(--stagedoor-accent, light-dark(#0b57d0, #a8c7fa));
    --on-accent: var(--stagedoor-on-accent, light-dark(#fff, #062e6f));
    --text: var(--stagedoor-text, light-dark(#1f1f1f, #e3e3e3));
    --muted: var(--stagedoor-muted, light-dark(#5c5f62, #b0b3b8));
    --border: var(--stagedoor-border, light-dark(#d6d9dc, #45484d));
    width: min(var(--stagedoor-width, 30rem), calc(100vw - 2rem));
    max-height: calc(100dvh - 2rem);
    padding: 1.5rem;
    overflow: auto;
    border: 1px solid var(--border);
    border-radius: var(--stagedoor-radius, 12px);
    background: var(--stagedoor-background, light-dark(#fff, #1f2023));
    color: var(--text);
    font: var(--stagedoor-font, 1rem/1.5 system-ui, sans-serif);
}
dialog::backdrop { background: var(--stagedoor-backdrop, rgb(0 0 0 / 50%)); }
h2 { margin: 0; font-size: 1.25em; }
p, ul { margin: 0.25em 0 0; padding: 0; }
ul { list-style: none; }
.muted { color: var(--muted); font-size: 0.9em; }
.request { margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--border); }
.title { display: flex; align-items: center; gap: 0.6em; font-weight: 600; font-size: 1em; margin: 0; }
.icon { width: 1.75em; height: 1.75em; border-radius: 6px; object-fit: contain; flex: none; }
span.icon { display: grid; place-items: center; background: var(--accent); color: var(--on-accent); }
.scopes { list-style: disc; padding-left: 1.4em; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
.error { color: var(--stagedoor-error, light-dark(#b3261e, #f2b8b5)); }
.actions { display: flex; flex-wrap: wrap; gap: 0.5em; margin-top: 0.75em; }
button {
    min-height: 2.75em;
    padding: 0.25em 1em;
    border: 1px solid var(--border);
    border-radius: calc(var(--stagedoor-radius, 12px) / 1.5);
    background: none;
    color: var(--text);
    font: inherit;
    cursor: pointer;
}
button.login { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
button:hover { filter: brightness(0.93); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { margin-top: 1.25rem; padding-top: 1rem; border-top: 1px solid var(--border); text-align: right; }
[hidden] { display: none; }
`;
