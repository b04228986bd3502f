// A file of its own: every command's help shows the defaults, and must not load the settings for it.

/** Options of `kafka-dr run`. */
export interface RunOptions {
    readonly stack: string;
    /** Instead of `kafka-dr:images.commands`. */
    readonly image?: string;
    /** A user of `kafka-dr:users` to connect as at the active site. */
    readonly as?: string;
    /** Seconds after which Kubernetes ends the command. */
    readonly jobDeadline: number;
    /** Seconds that the command may take to start. */
    readonly startTimeout: number;
}

/** Default of `jobDeadline`, in seconds: six hours. */
export const DEFAULT_DEADLINE_SECONDS = 6 * 60 * 60;

/** Default of `startTimeout`, in seconds: an autoscaler may have to add a node. */
export const DEFAULT_START_SECONDS = 300;
