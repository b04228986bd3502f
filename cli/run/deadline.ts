// Apart from what uses it: the help of every command names it, and must not wait for the settings.

/** Seconds after which Kubernetes ends a command by default: six hours. */
export const DEFAULT_DEADLINE_SECONDS = 6 * 60 * 60;

/** Seconds that a command may take to start by default: a node may have to be made for it. */
export const DEFAULT_START_SECONDS = 300;
