// Apart from what uses it: the help of every command names it, and must not wait for the settings.

/** Seconds after which Kubernetes ends a command by default: six hours. */
export const DEFAULT_DEADLINE_SECONDS = 6 * 60 * 60;
