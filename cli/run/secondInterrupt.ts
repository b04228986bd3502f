/** A signal that the next Ctrl-C aborts, once the first one has aborted `first`. */
export function secondInterrupt(first: AbortSignal) {
    const controller = new AbortController();
    const leave = () => {
        controller.abort(new Error("interrupted again"));
    };
    const listen = () => {
        // After the listeners of the first one, which still run.
        setImmediate(() => process.once("SIGINT", leave));
    };
    first.addEventListener("abort", listen, { once: true });
    return {
        leave: controller.signal,
        dispose: () => {
            first.removeEventListener("abort", listen);
            process.removeListener("SIGINT", leave);
        },
    };
}
